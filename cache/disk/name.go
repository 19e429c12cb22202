package disk

import (
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/caddy-images/caddy-images/cache"
)

// nameSize is the length of the name of an entry's file.
const nameSize = 2*len(cache.ID{}) + 1 + 2*len(cache.ID{})

// temporary is how the names of temporary files begin; then comes what tells processes
// apart, and a number.
const temporary = ".caddy-images-"

// folderName is that of the directory for an original.
func folderName(original cache.ID) string { return hex.EncodeToString(original[:1]) }

// fileName is that of an entry in its directory.
func fileName(key cache.Key) string { return key.Original.String() + "-" + key.Entry.String() }

// parseName is the inverse of fileName, and reports whether the name is one.
func parseName(folder, name string) (key cache.Key, ok bool) {
	if len(name) != nameSize || name[2*len(key.Original)] != '-' || name != strings.ToLower(name) || name[:2] != folder {
		return key, false
	}
	if _, err := hex.Decode(key.Original[:], []byte(name[:2*len(key.Original)])); err != nil {
		return key, false
	}
	if _, err := hex.Decode(key.Entry[:], []byte(name[2*len(key.Original)+1:])); err != nil {
		return key, false
	}
	return key, true
}

// temporaryName is a name that no other file has. process tells processes apart.
func temporaryName(process, number uint64) string {
	return fmt.Sprintf("%s%016x-%d.tmp", temporary, process, number)
}

// isLeftBehind reports whether a file is temporary and of another process.
func isLeftBehind(name string, process uint64) bool {
	if !strings.HasPrefix(name, temporary) {
		return false
	}
	var other, number uint64
	if _, err := fmt.Sscanf(name, temporary+"%16x-%d.tmp", &other, &number); err != nil {
		return false
	}
	return name == temporaryName(other, number) && other != process
}

func (t *Tier) folder(original cache.ID) string {
	return filepath.Join(t.path, folderName(original))
}

func (t *Tier) file(key cache.Key) string {
	return t.path + string(filepath.Separator) + folderName(key.Original) + string(filepath.Separator) + fileName(key)
}
