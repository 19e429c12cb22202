package render

// MostHaste is the highest Job.Haste.
const MostHaste = 2

// Haste returns that of a job which begins while so many others wait for one
// of the slots: how many rungs down the ladder of efforts a busy server goes
// with encoders that can take long.
//
//	waiting for a slot | Haste | effort of AVIF | time | bytes | level of PNG | time | bytes
//	fewer than 4       |     0 |              3 |    1 | 1     |            5 |    1 | 1
//	4 to 7             |     1 |              2 |  1/2 | 1.07  |            4 |  3/4 | 1.005
//	8 or more          |     2 |              1 |  1/3 | 1.15  |            3 |  1/2 | 1.03
//
// Who waits behind four jobs waits for several times what an image takes;
// from there on all are served sooner with files that are a little larger.
func Haste(waiting, slots int) int {
	const behind = 4
	return min(waiting/(behind*slots), MostHaste)
}
