/** What a file that is not an ONNX model looks like, told by its first bytes. */

/** A sentence about what the bytes are and what to do, or null when they could be a model. */
export function describeForeignFile(head: Uint8Array): string | null {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1');
  if (text.startsWith('version https://git-lfs.github.com/spec/')) {
    return 'is a Git LFS pointer, not the model itself: run `git lfs pull`, or set `lfs: true` on actions/checkout';
  }
  const data = dataKind(text);
  if (data !== null) return `is ${data}: data are given as data-path, the model as model-path`;
  if (text.startsWith('\x89HDF')) return `is an HDF5 file (Keras): convert it with tf2onnx${first}`;
  if (text.startsWith('PK\x03\x04')) {
    if (/archive\/data\.pkl|\/data\.pkl|\/version/.test(text)) {
      return `is a PyTorch file (zip with data.pkl): export it with torch.onnx.export${first}`;
    }
    if (text.includes('config.json') || text.includes('metadata.json'))
      return `is a Keras archive (zip): convert it with tf2onnx${first}`;
    return 'is a zip archive: unpack it, or export the model to ONNX';
  }
  if (/^\x80[\x02-\x05]/.test(text))
    return `is a pickle (scikit-learn, joblib or PyTorch): export it with skl2onnx or torch.onnx.export${first}`;
  if (text.startsWith('\x1f\x8b')) return 'is gzip-compressed: decompress it first';
  if (text.startsWith('BZh') || text.startsWith('\x78\x9c') || text.startsWith('\x78\x01')) {
    return `is compressed, probably by joblib: export the model with skl2onnx${first}`;
  }
  if (text.slice(4, 8) === 'TFL3') return 'is a TensorFlow Lite model: convert it with tf2onnx';
  if (text.slice(4, 8) === 'ORTM') return null;
  if (text.startsWith('binf') || text.startsWith('{L\x00'))
    return 'is an XGBoost binary model: convert it with onnxmltools';
  if (/^tree\r?\nversion=/.test(text)) return 'is a LightGBM text model: convert it with onnxmltools';
  if (/^\s*<(!DOCTYPE|html|\?xml)/i.test(text))
    return 'is an HTML or XML page, perhaps an error page of a download';
  if (/^\s*[{[]/.test(text) && !/[\x00-\x08]/.test(text)) return 'is a JSON file';
  if (text.startsWith('GGUF')) return 'is a GGUF model (llama.cpp)';
  if (/^[\x09\x0a\x0d\x20-\x7e]{16,}$/.test(text.slice(0, 200))) return 'is a text file';
  return null;
}

/** Data in the place of a model, as when the two paths are swapped. */
function dataKind(text: string): string | null {
  if (text.startsWith('PAR1')) return 'a Parquet file';
  if (text.startsWith('ARROW1') || text.startsWith('\xff\xff\xff\xff')) return 'an Arrow file';
  if (text.startsWith('\x93NUMPY')) return 'a NumPy array';
  if (text.startsWith('PK\x03\x04')) {
    const entry = text.slice(30, 30 + text.charCodeAt(26));
    if (entry.endsWith('.npy')) return 'an NPZ file';
    if (entry === '[Content_Types].xml' || entry.startsWith('xl/')) return 'an Excel workbook';
    return null;
  }
  if (/^\s*(\{[^\r\n]*\}\r?\n\s*\{|\[\s*\{)/.test(text) && !/[\x00-\x08]/.test(text))
    return 'a file of JSON rows';
  return isDelimited(text) ? 'a CSV file' : null;
}

/** Two lines of text with as many delimiters each, one at least. */
function isDelimited(text: string): boolean {
  const [header = '', row = ''] = text.replace(/^\xef\xbb\xbf/, '').split(/\r?\n|\r/, 2);
  if (/[\x00-\x08\x0e-\x1f]/.test(header + row)) return false;
  return [',', ';', '\t', '|'].some((delimiter) => {
    const fields = header.split(delimiter).length;
    return fields > 1 && row.split(delimiter).length === fields;
  });
}

const first = ' first';
