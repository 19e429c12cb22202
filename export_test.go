package images

// What tests from outside look into.
var Collectors = collectors
