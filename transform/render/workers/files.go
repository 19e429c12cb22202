package workers

import "github.com/caddy-images/caddy-images/transform/render"

// filesOf returns the original and the files of layers.
func filesOf(job render.Job) [][]byte { return append([][]byte{job.Original}, job.Files...) }

// total returns the total size of all files.
func total(sizes []int) (sum int) {
	for _, n := range sizes {
		sum += n
	}
	return sum
}

// split splits the concatenated files.
func split(data []byte, sizes []int) [][]byte {
	files := make([][]byte, len(sizes))
	for i, n := range sizes {
		files[i], data = data[:n:n], data[n:]
	}
	return files
}
