const rescaleAt = 2 ** 128;

/**
 * P(D_n < d) of one sample: n! / n^n times the middle element of H^n, with Durbin's matrix H of 2 k - 1 rows, k =
 * ceil(n d) (Marsaglia, Tsang and Wang 2003, Journal of Statistical Software 8(18)). For small n d.
 */
export function durbinCdf(n: number, d: number): number {
  const k = Math.ceil(n * d);
  const size = 2 * k - 1;
  let base = durbinMatrix(size, k - n * d);
  let baseExponent = 0;
  let power = identity(size);
  let exponent = 0;
  const middle = (k - 1) * size + k - 1;
  for (let left = n; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) {
      power = multiply(power, base, size);
      exponent += baseExponent;
    }
    if (left === 1) break;
    base = multiply(base, base, size);
    baseExponent *= 2;
    if ((base[middle] as number) > rescaleAt) {
      for (let i = 0; i < base.length; i++) base[i] = (base[i] as number) / rescaleAt;
      baseExponent += 128;
    }
  }
  let p = power[middle] as number;
  for (let i = 1; i <= n; i++) {
    p *= i / n;
    if (p < 1 / rescaleAt) {
      p *= rescaleAt;
      exponent -= 128;
    }
  }
  return Math.min(1, p * 2 ** exponent);
}

/** `h`: what n d lacks to a whole number. */
function durbinMatrix(size: number, h: number): Float64Array {
  const matrix = new Float64Array(size * size);
  const inverseFactorials = new Float64Array(size + 1);
  inverseFactorials[0] = 1;
  for (let i = 1; i <= size; i++) inverseFactorials[i] = (inverseFactorials[i - 1] as number) / i;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= Math.min(row + 1, size - 1); column++) {
      matrix[row * size + column] = inverseFactorials[row - column + 1] as number;
    }
  }
  for (let i = 0; i < size; i++) {
    const edge = (1 - h ** (i + 1)) * (inverseFactorials[i + 1] as number);
    matrix[i * size] = edge;
    matrix[(size - 1) * size + size - 1 - i] = edge;
  }
  const corner = 1 - 2 * h ** size + Math.max(0, 2 * h - 1) ** size;
  matrix[(size - 1) * size] = corner * (inverseFactorials[size] as number);
  return matrix;
}

function identity(size: number): Float64Array {
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) matrix[i * size + i] = 1;
  return matrix;
}

function multiply(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const product = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const factor = a[i * size + k] as number;
      if (factor === 0) continue;
      for (let j = 0; j < size; j++) {
        product[i * size + j] = (product[i * size + j] as number) + factor * (b[k * size + j] as number);
      }
    }
  }
  return product;
}
