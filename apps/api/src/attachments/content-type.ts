/** Allowed types with the first bytes of their files. */
const signatures = {
  'image/png': (head: Buffer) => startsWith(head, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
  'image/jpeg': (head: Buffer) => startsWith(head, [0xff, 0xd8, 0xff]),
  'image/webp': (head: Buffer) =>
    head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP',
  'application/pdf': (head: Buffer) => head.toString('latin1', 0, 5) === '%PDF-',
};

export type AttachmentType = keyof typeof signatures;

export const attachmentTypes = Object.keys(signatures) as AttachmentType[];

/** Bytes needed to distinguish the types. */
export const signatureBytes = 12;

/** Undefined if the type is not allowed. */
export function attachmentTypeOf(header = ''): AttachmentType | undefined {
  const name = header.split(';', 1)[0]?.trim().toLowerCase();
  return attachmentTypes.find((type) => type === name);
}

/** Whether the first bytes match the type: the header alone is not trusted. */
export function isOfType(type: AttachmentType, head: Buffer): boolean {
  return head.length >= signatureBytes && signatures[type](head);
}

function startsWith(head: Buffer, bytes: readonly number[]): boolean {
  return bytes.every((byte, index) => head[index] === byte);
}
