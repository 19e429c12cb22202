package exif

const (
	tagArtist    = 0x013b
	tagCopyright = 0x8298
)

// creditTags are the tags of creator and owner.
var creditTags = set(tagArtist, tagCopyright)

// imageTags are the tags of the first directory that Keep keeps: texts by
// people, the camera and software, and ratings.
var imageTags = set(
	0x010d, 0x010e, 0x010f, 0x0110, // DocumentName, ImageDescription, Make, Model
	0x0131, 0x0132, tagArtist, 0x013c, // Software, DateTime, Artist, HostComputer
	0x4746, 0x4749, tagCopyright, // Rating, RatingPercent, Copyright
	tagXPTitle, 0x9c9c, 0x9c9d, 0x9c9e, tagXPSubject,
)

// exifTags are the tags of the EXIF directory that Keep keeps: when and how
// the image was taken. The omitted standard tags are about stored pixels
// (ComponentsConfiguration, CompressedBitsPerPixel, Gamma, the resolution of
// the focal plane, CFAPattern), places in the image (SubjectArea,
// SubjectLocation) or other files (RelatedSoundFile), or are in a maker's own
// format (MakerNote, DeviceSettingDescription).
var exifTags = set(
	0x829a, 0x829d, 0x8822, 0x8824, 0x8827, 0x8830, 0x8831, 0x8832, 0x8833, 0x8834, 0x8835, // exposure and sensitivity
	tagExifVersion, 0x9003, 0x9004, 0x9010, 0x9011, 0x9012, // dates
	0x9201, 0x9202, 0x9203, 0x9204, 0x9205, 0x9206, 0x9207, 0x9208, 0x9209, 0x920a, // shutter, aperture, light, flash
	tagUserComment, 0x9290, 0x9291, 0x9292,
	0x9400, 0x9401, 0x9402, 0x9403, 0x9404, 0x9405, // the world around the camera
	tagFlashpixVersion, 0xa20b, 0xa215, 0xa217, 0xa300, 0xa301,
	0xa401, 0xa402, 0xa403, 0xa404, 0xa405, 0xa406, 0xa407, 0xa408, 0xa409, 0xa40a, 0xa40c,
	0xa420, 0xa430, 0xa431, 0xa432, 0xa433, 0xa434, 0xa435, // ImageUniqueID, owner, serial numbers, lens
	0xa436, 0xa437, 0xa438, 0xa439, 0xa43a, 0xa43b, 0xa43c, // Exif 3.0: title, photographer, editor, software
	0xa460, 0xa461,
)

// gpsTags are all tags of the standard for places.
var gpsTags = func() map[uint16]bool {
	tags := map[uint16]bool{}
	for tag := range gpsNames {
		tags[tag] = true
	}
	return tags
}()

func set(tags ...uint16) map[uint16]bool {
	listed := make(map[uint16]bool, len(tags))
	for _, tag := range tags {
		listed[tag] = true
	}
	return listed
}
