package images

// What tests from outside look into.
var (
	Collectors = collectors
	Stats      = stats{Engines: []engineStats{{Processes: []processStats{{}}}}, Queues: []queueStats{{}}}
	Purged     = purged{}

	CheckOption = checkOption
	Loadable    = loadable
)
