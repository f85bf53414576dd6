/** What may be attached, each with the bytes that such a file begins with. */
const signatures = {
  'image/png': (head: Buffer) => startsWith(head, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
  'image/jpeg': (head: Buffer) => startsWith(head, [0xff, 0xd8, 0xff]),
  'image/webp': (head: Buffer) =>
    head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP',
  'application/pdf': (head: Buffer) => head.toString('latin1', 0, 5) === '%PDF-',
};

/** A type that may be attached. */
export type AttachmentType = keyof typeof signatures;

/** All of them. */
export const attachmentTypes = Object.keys(signatures) as AttachmentType[];

/** How many bytes it takes to tell the types apart. */
export const signatureBytes = 12;

/** The type that a `Content-Type` header names, if it may be attached. */
export function attachmentTypeOf(header = ''): AttachmentType | undefined {
  const name = header.split(';', 1)[0]?.trim().toLowerCase();
  return attachmentTypes.find((type) => type === name);
}

/** Whether a file that begins so is of the type: what a caller says is not believed. */
export function isOfType(type: AttachmentType, head: Buffer): boolean {
  return head.length >= signatureBytes && signatures[type](head);
}

function startsWith(head: Buffer, bytes: readonly number[]): boolean {
  return bytes.every((byte, index) => head[index] === byte);
}
