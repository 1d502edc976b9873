/** X.509 certificates for tests (RFC 5280): of any names, valid at any time, signed by themselves or by an authority. */

import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

export interface Certificate {
  /** PEM. */
  readonly key: string;
  readonly cert: string;
  readonly privateKey: KeyObject;
  readonly commonName: string;
}

export interface CertificateOptions {
  readonly commonName: string;
  /** Host names and IPv4 addresses. */
  readonly names?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Who signs; default: itself. */
  readonly authority?: Certificate;
}

const day = 24 * 3600 * 1000;
const oids = {
  ecdsaWithSha256: '06082a8648ce3d040302',
  commonName: '0603550403',
  subjectAltName: '0603551d11',
  basicConstraints: '0603551d13',
};

/** Without names it is an authority. */
export function makeCertificate(options: CertificateOptions): Certificate {
  const { commonName, names = [], authority } = options;
  const notBefore = options.notBefore ?? new Date(Date.now() - day);
  const notAfter = options.notAfter ?? new Date(Date.now() + 30 * day);
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(raw(oids.ecdsaWithSha256));
  const extension =
    names.length === 0
      ? sequence(raw(oids.basicConstraints), raw('0101ff'), octets(sequence(raw('0101ff'))))
      : sequence(raw(oids.subjectAltName), octets(sequence(...names.map(generalName))));
  const body = sequence(
    element(0xa0, raw('020102')),
    element(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    algorithm,
    nameOf(authority?.commonName ?? commonName),
    sequence(time(notBefore), time(notAfter)),
    nameOf(commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(extension)),
  );
  const signature = sign('sha256', body, authority?.privateKey ?? privateKey);
  const whole = sequence(body, algorithm, element(0x03, Buffer.concat([Buffer.of(0), signature])));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: pem(whole),
    privateKey,
    commonName,
  };
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function nameOf(commonName: string): Buffer {
  return sequence(
    element(0x31, sequence(raw(oids.commonName), element(0x0c, Buffer.from(commonName, 'utf8')))),
  );
}

function generalName(name: string): Buffer {
  return isIPv4(name)
    ? element(0x87, Buffer.from(name.split('.').map(Number)))
    : element(0x82, Buffer.from(name, 'latin1'));
}

/** GeneralizedTime: YYYYMMDDHHMMSSZ. */
function time(date: Date): Buffer {
  const digits = date.toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return date.getUTCFullYear() < 2050
    ? element(0x17, Buffer.from(digits.slice(2), 'latin1'))
    : element(0x18, Buffer.from(digits, 'latin1'));
}

function sequence(...parts: Buffer[]): Buffer {
  return element(0x30, Buffer.concat(parts));
}

function octets(content: Buffer): Buffer {
  return element(0x04, content);
}

function raw(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}

/** Tag, length, content. */
function element(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.of(tag, ...head), content]);
}
