package colorimetry

// matrix has three rows of three.
type matrix [9]float64

func diagonal(v [3]float64) matrix { return matrix{v[0], 0, 0, 0, v[1], 0, 0, 0, v[2]} }

func (m matrix) of(v [3]float64) (out [3]float64) {
	for i := range out {
		out[i] = m[3*i]*v[0] + m[3*i+1]*v[1] + m[3*i+2]*v[2]
	}
	return out
}

func (m matrix) times(n matrix) (out matrix) {
	for i := range out {
		row, column := i/3*3, i%3
		out[i] = m[row]*n[column] + m[row+1]*n[column+3] + m[row+2]*n[column+6]
	}
	return out
}

func (m matrix) determinant() float64 {
	return m[0]*(m[4]*m[8]-m[5]*m[7]) - m[1]*(m[3]*m[8]-m[5]*m[6]) + m[2]*(m[3]*m[7]-m[4]*m[6])
}

// inverse returns the inverse of an invertible matrix.
func (m matrix) inverse() (out matrix) {
	d := m.determinant()
	return matrix{
		(m[4]*m[8] - m[5]*m[7]) / d, (m[2]*m[7] - m[1]*m[8]) / d, (m[1]*m[5] - m[2]*m[4]) / d,
		(m[5]*m[6] - m[3]*m[8]) / d, (m[0]*m[8] - m[2]*m[6]) / d, (m[2]*m[3] - m[0]*m[5]) / d,
		(m[3]*m[7] - m[4]*m[6]) / d, (m[1]*m[6] - m[0]*m[7]) / d, (m[0]*m[4] - m[1]*m[3]) / d,
	}
}
