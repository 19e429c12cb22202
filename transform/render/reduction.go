package render

// MostReduced is the largest Job.Reduced.
const MostReduced = 2

// Reduction returns Job.Reduced for a job that begins while others wait for a
// slot: a busy server reduces the effort of slow encoders.
//
//	waiting for a slot | Reduced | effort of AVIF | time | bytes | level of PNG | time | bytes
//	fewer than 4       |     0 |              3 |    1 | 1     |            5 |    1 | 1
//	4 to 7             |     1 |              2 |  1/2 | 1.07  |            4 |  3/4 | 1.005
//	8 or more          |     2 |              1 |  1/3 | 1.15  |            3 |  1/2 | 1.03
//
// A job behind four others waits for several times its own duration; from
// there on all are served sooner, with files that are a little larger.
func Reduction(waiting, slots int) int {
	const behind = 4
	return min(waiting/(behind*slots), MostReduced)
}
