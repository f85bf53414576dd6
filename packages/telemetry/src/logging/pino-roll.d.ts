// pino-roll ships no types; this is the part of its interface that is used here.
declare module 'pino-roll' {
  import type { SonicBoom } from 'sonic-boom';

  const roll: (options: {
    file: string;
    size: string;
    limit: { count: number; removeOtherLogFiles: boolean };
    sync: boolean;
    minLength: number;
    maxLength: number;
  }) => Promise<SonicBoom>;
  export default roll;
}
