/**
 * All eigenvalues of a symmetric matrix of `size` rows, the largest first; the matrix is used up. Householder's
 * reduction to three diagonals, then the QL iteration with implicit shifts (Golub and Van Loan, "Matrix
 * Computations", 8.3).
 */
export function symmetricEigenvalues(matrix: Float64Array, size: number): Float64Array {
  const diagonal = new Float64Array(size);
  const beside = new Float64Array(size);
  reduce(matrix, size, diagonal, beside);
  iterate(size, diagonal, beside);
  return diagonal.sort().reverse();
}

/** Leaves the diagonal, and in `beside[i]` the element that joins i and i + 1. */
function reduce(matrix: Float64Array, size: number, diagonal: Float64Array, beside: Float64Array): void {
  const v = new Float64Array(size);
  const w = new Float64Array(size);
  for (let k = 0; k < size; k++) {
    diagonal[k] = matrix[k * size + k] as number;
    let norm = 0;
    for (let i = k + 1; i < size; i++) norm = Math.hypot(norm, matrix[i * size + k] as number);
    const head = k + 1 < size ? (matrix[(k + 1) * size + k] as number) : 0;
    if (norm === 0 || k + 2 >= size) {
      beside[k] = head;
      continue;
    }
    const reflected = head > 0 ? -norm : norm;
    beside[k] = reflected;
    // The reflection I - 2 v v' / (v' v) sends the column below the diagonal to (reflected, 0, ..., 0).
    for (let i = k + 1; i < size; i++) v[i] = matrix[i * size + k] as number;
    v[k + 1] = head - reflected;
    const factor = 1 / (norm * (norm + Math.abs(head)));
    let overlap = 0;
    for (let i = k + 1; i < size; i++) {
      let sum = 0;
      for (let j = k + 1; j < size; j++) sum += (matrix[i * size + j] as number) * (v[j] as number);
      w[i] = sum * factor;
      overlap += sum * factor * (v[i] as number);
    }
    const shift = (overlap * factor) / 2;
    for (let i = k + 1; i < size; i++) w[i] = (w[i] as number) - shift * (v[i] as number);
    for (let i = k + 1; i < size; i++) {
      const vi = v[i] as number;
      const wi = w[i] as number;
      for (let j = k + 1; j < size; j++) {
        matrix[i * size + j] =
          (matrix[i * size + j] as number) - vi * (w[j] as number) - wi * (v[j] as number);
      }
    }
  }
}

function iterate(size: number, d: Float64Array, e: Float64Array): void {
  for (let l = 0; l < size; l++) {
    for (let round = 0; round < 60; round++) {
      let split = l;
      while (split < size - 1) {
        const scale = Math.abs(d[split] as number) + Math.abs(d[split + 1] as number);
        if (Math.abs(e[split] as number) <= Number.EPSILON * scale) break;
        split++;
      }
      if (split === l) break;
      sweep(l, split, d, e);
    }
  }
}

/** One chase of the bulge from `split` up to `l`, with Wilkinson's shift. */
function sweep(l: number, split: number, d: Float64Array, e: Float64Array): void {
  const slope = ((d[l + 1] as number) - (d[l] as number)) / (2 * (e[l] as number));
  const root = Math.hypot(slope, 1);
  let g = (d[split] as number) - (d[l] as number) + (e[l] as number) / (slope + (slope < 0 ? -root : root));
  let sine = 1;
  let cosine = 1;
  let moved = 0;
  for (let i = split - 1; i >= l; i--) {
    const f = sine * (e[i] as number);
    const b = cosine * (e[i] as number);
    const r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1] = (d[i + 1] as number) - moved;
      e[split] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = (d[i + 1] as number) - moved;
    const t = ((d[i] as number) - g) * sine + 2 * cosine * b;
    moved = sine * t;
    d[i + 1] = g + moved;
    g = cosine * t - b;
  }
  d[l] = (d[l] as number) - moved;
  e[l] = g;
  e[split] = 0;
}
