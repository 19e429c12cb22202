// Package held counts the memory that this process holds for requests: files
// of originals and layers while they arrive and while they are read, posted
// files, and results while they are sent. What workers take is counted by
// package admission.
//
// `memory` has three parts: bodies, renders and results. A request takes from
// them in that order.
//
// # Why nothing waits for ever
//
// A request waits for memory of bodies in two situations, both for at most
// queue_timeout:
//
//   - Claim.Enter reserves an estimate for all files of the request before any
//     origin is asked. The request holds no memory then, and whoever waits
//     for it holds none either: nothing is in flight in its name.
//   - A Meter whose file turns out to be larger than its estimate gives back
//     what it has and waits for all of it. It does so only for a flight that is
//     Alone: the file is the only one of every request that waits for this
//     flight, and each of those has given back its own reservation when it
//     joined. So neither the flight nor those who wait for it hold memory.
//
// In all other situations a request takes what is free at once, or gives up:
// files of requests with several files, files whose length is not announced,
// and responses of the handlers behind this one, where waiting inside their
// WriteHeader would hold their resources too.
//
// So whoever holds memory of bodies does not wait for memory of bodies. It
// waits for the origin, within fetch_timeout; for its turn to render, within
// queue_timeout (see admission.Gate, whose jobs wait neither for bodies nor for
// results while they render); and, when the image is rendered, for memory of
// results, within queue_timeout. Whoever holds memory of results only sends. The
// order bodies, renders, results has no circle, every wait in it has a limit,
// and a Part serves those who wait in the order of their arrival, so memory
// that is given back reaches the first of them that fits.
//
// A request whose files can never fit, because together they are larger than
// the whole part, is errors.Limit at once.
package held
