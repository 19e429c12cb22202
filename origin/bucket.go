package origin

// BucketServer is what the Server of a Ref begins with whose original is in a
// bucket that the client named: `s3://bucket`, or `s3://bucket@region`. Whoever
// makes such a Ref sees to it that both are names of such things.
const BucketServer = "s3://"

// Buckets is implemented by origins that can fetch from other buckets than their
// own.
type Buckets interface {
	Origin

	// OtherBuckets fetches from the buckets that Refs name, with this origin's
	// endpoint and credentials.
	OtherBuckets() Origin
}
