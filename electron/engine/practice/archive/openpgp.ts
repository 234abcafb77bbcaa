/**
 * Just enough OpenPGP to sign an archive's Release file, so that a practice archive needs no gpg: one version 4 Ed25519 key,
 * its self-certification, and signatures over cleartext messages and files. apt verifies the result with gpgv (Debian 12) or sqv
 * (Debian 13), as it does any other archive's.
 *
 * Numbers and layouts are those of RFC 4880; EdDSA (algorithm 22) follows draft-ietf-openpgp-rfc4880bis, section 13.3.
 */
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

const eddsa = 22;
const sha512 = 10;
/** 1.3.6.1.4.1.11591.15.1, the curve Ed25519. */
const ed25519Oid = Buffer.from('2b06010401da470f01', 'hex');

const signatureOfDocument = 0x00;
const signatureOfText = 0x01;
const positiveCertification = 0x13;

const subpacket = {
  created: 2,
  expires: 3,
  issuer: 16,
  preferredHash: 21,
  keyFlags: 27,
  issuerFingerprint: 33,
} as const;
const tag = { signature: 2, publicKey: 6, userId: 13 } as const;

export interface SigningKey {
  readonly privateKey: KeyObject;
  /** Body of the public-key packet. */
  readonly publicBody: Buffer;
  readonly fingerprint: Buffer;
  /** The binary keyring that `Signed-By` takes. */
  readonly keyring: Buffer;
}

/** Makes a new key. `created` is in seconds since the epoch; a signature may not be older than its key. */
export function makeSigningKey(userId: string, created: number): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const point = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const publicBody = Buffer.concat([
    Buffer.of(4),
    uint32(created),
    Buffer.of(eddsa, ed25519Oid.length),
    ed25519Oid,
    integer(Buffer.concat([Buffer.of(0x40), point])),
  ]);
  const fingerprint = createHash('sha1').update(keyForHashing(publicBody)).digest();
  const user = Buffer.from(userId, 'utf8');
  const key = { privateKey, publicBody, fingerprint };
  const certification = signature(
    key,
    positiveCertification,
    created,
    // Section 5.2.4: the key, then the user id with the constant 0xB4 and a length of four octets.
    Buffer.concat([keyForHashing(publicBody), Buffer.of(0xb4), uint32(user.length), user]),
    [field(subpacket.keyFlags, Buffer.of(0x03)), field(subpacket.preferredHash, Buffer.of(sha512))],
  );
  const keyring = Buffer.concat([packet(tag.publicKey, publicBody), packet(tag.userId, user), certification]);
  return { ...key, keyring };
}

/** A cleartext signed message (section 7) of `text`, as `InRelease` is one. `created` in seconds since the epoch. */
export function clearSign(text: string, key: SigningKey, created: number): string {
  const lines = text.replace(/\n$/, '').split('\n');
  // Section 7.1: trailing blanks are not signed, line ends are CRLF, and the last line end belongs to the armour.
  const signed = Buffer.from(lines.map((line) => line.replace(/[ \t\r]+$/, '')).join('\r\n'), 'utf8');
  const escaped = lines.map((line) => (line.startsWith('-') ? `- ${line}` : line));
  return [
    '-----BEGIN PGP SIGNED MESSAGE-----',
    'Hash: SHA512',
    '',
    ...escaped,
    armour('SIGNATURE', signature(key, signatureOfText, created, signed, [])),
  ].join('\n');
}

/** A detached signature (section 11.4) of a file's content, binary. Times in seconds; without `goodFor` it does not expire. */
export function signDetached(content: Buffer, key: SigningKey, created: number, goodFor?: number): Buffer {
  const expiry = goodFor === undefined ? [] : [field(subpacket.expires, uint32(goodFor))];
  return signature(key, signatureOfDocument, created, content, expiry);
}

/** Radix-64 armour with its checksum (section 6). */
export function armour(kind: string, data: Buffer): string {
  const body = data.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  return [
    `-----BEGIN PGP ${kind}-----`,
    '',
    body,
    `=${crc24(data).toString('base64')}`,
    `-----END PGP ${kind}-----`,
    '',
  ].join('\n');
}

/** A version 4 signature packet over `content` (section 5.2.3). */
function signature(
  key: Pick<SigningKey, 'privateKey' | 'fingerprint'>,
  type: number,
  created: number,
  content: Buffer,
  extra: readonly Buffer[],
): Buffer {
  const hashedFields = Buffer.concat([
    field(subpacket.created, uint32(created)),
    field(subpacket.issuerFingerprint, Buffer.concat([Buffer.of(4), key.fingerprint])),
    ...extra,
  ]);
  const hashed = Buffer.concat([
    Buffer.of(4, type, eddsa, sha512),
    uint16(hashedFields.length),
    hashedFields,
  ]);
  const digest = createHash('sha512')
    .update(content)
    .update(hashed)
    .update(Buffer.concat([Buffer.of(4, 0xff), uint32(hashed.length)]))
    .digest();
  const raw = sign(null, digest, key.privateKey);
  const unhashed = field(subpacket.issuer, key.fingerprint.subarray(-8));
  return packet(
    tag.signature,
    Buffer.concat([
      hashed,
      uint16(unhashed.length),
      unhashed,
      digest.subarray(0, 2),
      integer(raw.subarray(0, 32)),
      integer(raw.subarray(32)),
    ]),
  );
}

function keyForHashing(publicBody: Buffer): Buffer {
  return Buffer.concat([Buffer.of(0x99), uint16(publicBody.length), publicBody]);
}

/** A new-format packet with a one or two octet length (section 4.2.2). */
function packet(kind: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.of(0xc0 | kind), length(body.length), body]);
}

/** A signature subpacket (section 5.2.3.1). */
function field(kind: number, body: Buffer): Buffer {
  return Buffer.concat([length(body.length + 1), Buffer.of(kind), body]);
}

function length(value: number): Buffer {
  return value < 192 ? Buffer.of(value) : Buffer.of(((value - 192) >> 8) + 192, (value - 192) & 0xff);
}

/** A multiprecision integer: its length in bits, then its bytes without leading zeros (section 3.2). */
function integer(value: Buffer): Buffer {
  const first = value.findIndex((byte) => byte !== 0);
  if (first < 0) return uint16(0);
  const bytes = value.subarray(first);
  const bits = (bytes.length - 1) * 8 + (32 - Math.clz32(bytes.readUInt8(0)));
  return Buffer.concat([uint16(bits), bytes]);
}

function crc24(data: Buffer): Buffer {
  let crc = 0xb704ce;
  for (const byte of data) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit++) {
      crc <<= 1;
      if (crc & 0x1000000) crc ^= 0x1864cfb;
    }
  }
  return Buffer.of((crc >> 16) & 0xff, (crc >> 8) & 0xff, crc & 0xff);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
