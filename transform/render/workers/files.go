package workers

import "github.com/caddy-images/caddy-images/transform/render"

// filesOf returns the original and what belongs to it.
func filesOf(job render.Job) [][]byte { return append([][]byte{job.Original}, job.Files...) }

// total returns how many bytes all files have.
func total(sizes []int) (sum int) {
	for _, n := range sizes {
		sum += n
	}
	return sum
}

// split takes apart what one carrier brought.
func split(data []byte, sizes []int) [][]byte {
	files := make([][]byte, len(sizes))
	for i, n := range sizes {
		files[i], data = data[:n:n], data[n:]
	}
	return files
}
