package origin

// BucketServer begins the Server of a Ref whose original is in a bucket that
// the client named: `s3://bucket` or `s3://bucket@region`. Whoever makes such
// a Ref ensures that both names are valid.
const BucketServer = "s3://"

// Buckets is implemented by origins that can fetch from buckets other than
// their own.
type Buckets interface {
	Origin

	// OtherBuckets fetches from the buckets that Refs name, with this
	// origin's endpoint and credentials.
	OtherBuckets() Origin
}
