/** Generated from package-lock.json by scripts/pin-native.ts. */

export interface Pin {
  readonly version: string;
  /** `sha512-<base64>` of the npm tarball; null where the lock file has no such package. */
  readonly integrity: string | null;
}

export const pins: Readonly<Record<string, Pin>> = {
  '@duckdb/node-bindings-darwin-arm64': {
    version: '1.5.6-r.1',
    integrity: null,
  },
  '@duckdb/node-bindings-darwin-x64': {
    version: '1.5.6-r.1',
    integrity: null,
  },
  '@duckdb/node-bindings-linux-arm64': {
    version: '1.5.6-r.1',
    integrity: null,
  },
  '@duckdb/node-bindings-linux-arm64-musl': {
    version: '1.5.6-r.1',
    integrity: null,
  },
  '@duckdb/node-bindings-linux-x64': {
    version: '1.5.6-r.1',
    integrity:
      'sha512-IXcrZJE6kEqM0Z4wwdVnGBHX/frOS33VPNAwDXQ/Q+Fs84b058Qe94chrCCIcNJlG8Y3UHIUU4eBeCQxW5mN1Q==',
  },
  '@duckdb/node-bindings-linux-x64-musl': {
    version: '1.5.6-r.1',
    integrity:
      'sha512-PVzIEZqp7QN07WBgjmIH0cK2GKXR735KmL6wnghTzRnhHWrePxx3MjZB9zZHI8tB73wdF8luarBm4EgqSjGyVA==',
  },
  '@duckdb/node-bindings-win32-arm64': {
    version: '1.5.6-r.1',
    integrity: null,
  },
  '@duckdb/node-bindings-win32-x64': {
    version: '1.5.6-r.1',
    integrity: null,
  },
  'onnxruntime-node': {
    version: '1.30.0',
    integrity:
      'sha512-twhs1C2C/BFkz1yc5OY0KIU2GUq6DURO7hD4bx5Q2Qy3nAMJwRXW8xU3NVczE29VA9lolLOYepoD8fjTGOfIqw==',
  },
};
