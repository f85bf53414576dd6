import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { dropTargets, rewriteAddresses, rewritePaths } from './addresses.ts';
import { compressAlertmanager, compressPrometheus, compressRules } from './compress-time.ts';

/** Replacements that hold for the files of one subfolder only. */
export interface OwnTokens {
  addresses: Record<string, string>;
  /** The path on this machine of each path in the container. */
  paths: Record<string, string>;
}

export interface RenderOptions {
  /** The shipped folder, `monitoring`. */
  from: string;
  /** The target folder; its old content is replaced. */
  to: string;
  /** The subfolders to render; missing ones are skipped. */
  folders: string[];
  /** The address on this machine of each `host:port` in the files. */
  addresses: Record<string, string>;
  /** Further replacements, by subfolder. */
  own: Record<string, OwnTokens>;
  /** Hosts that do not run here are removed from the targets. */
  isAbsent: (host: string) => boolean;
  timeFactor: number;
}

const textFile = /\.(ya?ml|json|tmpl)$/;

function renderText(file: string, text: string, options: RenderOptions): string {
  const { isAbsent, timeFactor } = options;
  const own = options.own[file.split('/')[0] ?? ''];
  const addresses = { ...options.addresses, ...own?.addresses };
  const present = file.startsWith('prometheus/targets/') ? dropTargets(text, isAbsent) : text;
  const placed = rewritePaths(rewriteAddresses(present, addresses), own?.paths ?? {});
  if (file === 'prometheus/prometheus.yml') return compressPrometheus(placed, timeFactor);
  if (file === 'alertmanager/alertmanager.yml') return compressAlertmanager(placed, timeFactor);
  const isRules = /^prometheus\/rules\/.*\.rules\.yml$/.test(file);
  return isRules ? compressRules(placed, timeFactor, file) : placed;
}

/** Copies the shipped configuration with addresses, container paths and durations rewritten. */
export function renderConfiguration(options: RenderOptions): void {
  rmSync(options.to, { recursive: true, force: true });
  mkdirSync(options.to, { recursive: true, mode: 0o700 });
  const folders = options.folders.filter((folder) => existsSync(join(options.from, folder)));
  for (const folder of folders) {
    cpSync(join(options.from, folder), join(options.to, folder), { recursive: true });
    const names = readdirSync(join(options.to, folder), { recursive: true, encoding: 'utf8' });
    for (const name of names.filter((name) => textFile.test(name))) {
      const path = join(options.to, folder, name);
      writeFileSync(path, renderText(`${folder}/${name}`, readFileSync(path, 'utf8'), options));
    }
  }
}
