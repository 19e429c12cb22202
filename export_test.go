package images

// What tests from outside look into.
var (
	Collectors = collectors
	Stats      = stats{Caches: []cacheStats{{Tiers: []tierStats{{}}}}, Engines: []engineStats{{Processes: []processStats{{}}}}, Queues: []queueStats{{}}}
	Purged     = purged{}

	CheckOption = checkOption
	Loadable    = loadable
)
