package pdftable

import "math"

// A matrix maps (x, y) to (a·x + c·y + e, b·x + d·y + f), in the order in which PDF writes its six numbers.
type matrix struct{ a, b, c, d, e, f float64 }

var identity = matrix{a: 1, d: 1}

// mul is the matrix that applies m first and n second.
func (m matrix) mul(n matrix) matrix {
	return matrix{
		a: m.a*n.a + m.b*n.c, b: m.a*n.b + m.b*n.d,
		c: m.c*n.a + m.d*n.c, d: m.c*n.b + m.d*n.d,
		e: m.e*n.a + m.f*n.c + n.e, f: m.e*n.b + m.f*n.d + n.f,
	}
}

// shifted is the matrix that moves by (x, y) first and applies m second.
func (m matrix) shifted(x, y float64) matrix {
	m.e += x*m.a + y*m.c
	m.f += x*m.b + y*m.d
	return m
}

// finite says whether all six numbers are usable as places on a page.
func (m matrix) finite() bool {
	const far = 1e7
	for _, v := range [6]float64{m.a, m.b, m.c, m.d, m.e, m.f} {
		if math.IsNaN(v) || math.Abs(v) > far {
			return false
		}
	}
	return true
}

// display gives the size of a page as displayed, and the matrix from its user space to points from the top left corner
// of the displayed page. The box is in user space, the rotation in degrees clockwise, the unit in points.
func display(box Box, rotate int, unit float64) (width, height float64, m matrix) {
	w, h := (box.X1-box.X0)*unit, (box.Y1-box.Y0)*unit
	toCorner := matrix{a: unit, d: unit, e: -box.X0 * unit, f: -box.Y0 * unit}
	switch ((rotate % 360) + 360) % 360 {
	case 90:
		return h, w, toCorner.mul(matrix{b: 1, c: 1})
	case 180:
		return w, h, toCorner.mul(matrix{a: -1, d: 1, e: w})
	case 270:
		return h, w, toCorner.mul(matrix{b: -1, c: -1, e: h, f: w})
	default:
		return w, h, toCorner.mul(matrix{a: 1, d: -1, f: h})
	}
}
