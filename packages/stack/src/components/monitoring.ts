import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gateAuthorization } from '../configuration/access.ts';
import { plainPath } from '../configuration/plain-path.ts';
import type { Probe } from '../supervision/probe.ts';
import { apps } from './apps.ts';
import type { Component, RunContext } from './component.ts';
import { composeEnvironment } from './compose-environment.ts';
import { inheritedFlags } from './from-compose.ts';

/** Scrape targets: in a compressed run they are up before the first scrape. */
const scraped = [
  ...apps.map(({ name }) => name),
  ...['node-exporter', 'postgres-exporter', 'blackbox-exporter'],
];

// The flags with durations: they must keep their ratio to those in the files.
function compressedFlags(timeFactor: number): string[] {
  const seconds = (uncompressed: number) =>
    `${Math.max(1, Math.round((uncompressed * 1_000) / timeFactor))}ms`;
  return [
    `--query.lookback-delta=${seconds(300)}`,
    `--rules.alert.resend-delay=${seconds(60)}`,
    `--rules.alert.for-grace-period=${seconds(600)}`,
  ];
}

/** The rendered configuration of a component, as its flag takes it. */
export function configFile({ folder }: RunContext, name: string, cwd = folder.data): string {
  return plainPath(join(folder.config, name, `${name}.yml`), cwd);
}

/** Behind the gate, only those who know its password are answered. */
function passwordFlags({ folder, has }: RunContext, name: string, cwd = folder.data): string[] {
  if (!has('gate')) return [];
  return [`--web.config.file=${plainPath(join(folder.config, name, 'web.yml'), cwd)}`];
}

/** Probed at its own port. */
function readyProbe(context: RunContext, name: string): Probe {
  const headers = gateAuthorization(context);
  return { kind: 'http', url: `${context.direct(name)}/-/ready`, headers };
}

/** A component's own flags, and all others that the compose files give it. */
function withInherited(service: string, context: RunContext, own: string[]): string[] {
  return [...own, ...inheritedFlags(service, own, context)];
}

const prometheus: Component = {
  name: 'prometheus',
  source: { kind: 'tool', tool: 'prometheus' },
  ports: { http: { composePort: 9090 } },
  startsAfter: ['gate'],
  configFolders: ['prometheus'],
  launch: (context) => ({
    args: withInherited('prometheus', context, [
      `--config.file=${configFile(context, 'prometheus')}`,
      `--storage.tsdb.path=${join(context.folder.data, 'prometheus')}`,
      ...passwordFlags(context, 'prometheus'),
      `--web.listen-address=127.0.0.1:${context.port('prometheus')}`,
      `--web.external-url=${context.url('prometheus')}`,
      // Five seconds by default: the longest single wait of a start, and of no use on one machine.
      '--scrape.discovery-reload-interval=1s',
      ...(context.timeFactor === 1 ? [] : compressedFlags(context.timeFactor)),
    ]),
  }),
  probe: (context) => readyProbe(context, 'prometheus'),
};

// The one that is only unpacked looks for usr/share below its working directory.
function linkPackage(program: string, cwd: string): void {
  const link = join(cwd, 'usr');
  mkdirSync(cwd, { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(resolve(dirname(program), '..', '..', 'usr'), link);
}

const alertmanager: Component = {
  name: 'alertmanager',
  source: { kind: 'tool', tool: 'alertmanager' },
  ports: { http: { composePort: 9093 } },
  configFolders: ['alertmanager'],
  launch: (context) => {
    const cwd = join(context.folder.data, 'alertmanager');
    linkPackage(context.program('alertmanager').path, cwd);
    return {
      args: withInherited('alertmanager', context, [
        `--config.file=${configFile(context, 'alertmanager', cwd)}`,
        `--storage.path=${cwd}`,
        ...passwordFlags(context, 'alertmanager', cwd),
        `--web.listen-address=127.0.0.1:${context.port('alertmanager')}`,
        `--web.external-url=${context.url('alertmanager')}`,
      ]),
      cwd,
    };
  },
  probe: (context) => readyProbe(context, 'alertmanager'),
};

const nodeExporter: Component = {
  name: 'node-exporter',
  source: { kind: 'tool', tool: 'node-exporter' },
  ports: { http: { composePort: 9100 } },
  launch: (context) => ({
    args: withInherited('node-exporter', context, [
      `--web.listen-address=127.0.0.1:${context.port('node-exporter')}`,
      // Debian turns it on; without an installation it has nothing to read.
      '--no-collector.systemd',
      `--collector.textfile.directory=${join(context.folder.data, 'textfiles')}`,
    ]),
  }),
  probe: (context) => ({ kind: 'http', url: `${context.url('node-exporter')}/` }),
};

const postgresExporter: Component = {
  name: 'postgres-exporter',
  source: { kind: 'tool', tool: 'postgres-exporter' },
  ports: { http: { composePort: 9187 } },
  startsAfter: ['postgres'],
  launch: (context) => ({
    args: withInherited('postgres-exporter', context, [
      `--web.listen-address=127.0.0.1:${context.port('postgres-exporter')}`,
    ]),
    env: composeEnvironment('postgres-exporter', context),
  }),
  // Not /metrics: it runs every query.
  probe: (context) => ({ kind: 'http', url: `${context.url('postgres-exporter')}/` }),
};

const blackboxExporter: Component = {
  name: 'blackbox-exporter',
  source: { kind: 'tool', tool: 'blackbox-exporter' },
  ports: { http: { composePort: 9115 } },
  configFolders: ['blackbox-exporter'],
  launch: (context) => ({
    args: withInherited('blackbox-exporter', context, [
      `--config.file=${configFile(context, 'blackbox-exporter')}`,
      `--web.listen-address=127.0.0.1:${context.port('blackbox-exporter')}`,
    ]),
  }),
  probe: (context) => ({ kind: 'http', url: `${context.url('blackbox-exporter')}/-/healthy` }),
};

export const monitoring: Component[] = [
  ...[nodeExporter, postgresExporter, blackboxExporter],
  ...[alertmanager, prometheus],
];

/**
 * The order of a start. With time compressed an outage of a second is an alert, so Prometheus then
 * waits for its targets; otherwise its own first scrape is late enough.
 */
export function startsAfter(component: Component, { timeFactor, has }: RunContext): string[] {
  const waits = component.name === 'prometheus' && timeFactor !== 1 ? scraped : [];
  return [...(component.startsAfter ?? []), ...waits].filter(has);
}
