import type { Link } from './spec.ts';

// Grafana replaces these when somebody clicks the link.
const keepTime = `\${__url_time_range}`;
const job = `\${__field.labels.job}`;
const jaeger = `\${jaeger}`;

/** To another dashboard, with the same time range and jobs. */
export function toDashboard(uid: string, title: string): Link {
  return { title, url: `/d/${uid}?\${job:queryparam}&${keepTime}` };
}

/** To another dashboard, for the job of the clicked series. */
export function toDashboardOfSeries(uid: string, title: string): Link {
  return { title: `${title} of ${job}`, url: `/d/${uid}?var-job=${job}&${keepTime}` };
}

export const toErrorLogs: Link = {
  title: `Error logs of ${job}`,
  url: `/d/logs?var-job=${job}&var-level=error&var-level=fatal&${keepTime}`,
};

/** Failed logins are warnings, so `toErrorLogs` would not show them. */
export const toRefusedLogins: Link = {
  title: `Failed logins of ${job}`,
  url: `/d/logs?var-job=${job}&var-text=auth_login_failed&${keepTime}`,
};

/** Error logs of the selected jobs, for series without a job. */
export const toAllErrorLogs: Link = {
  title: 'Error logs',
  url: `/d/logs?\${job:queryparam}&var-level=error&var-level=fatal&${keepTime}`,
};

export const toErrorTraces: Link = {
  title: `Failed traces of ${job}`,
  url: toTraces({ service: job, tags: 'error=true' }),
};

export const toSlowTraces: Link = {
  title: `Traces of ${job} over a second`,
  url: toTraces({ service: job, minDuration: '1s' }),
};

/** A Jaeger search in Explore; Grafana's variables must stay unencoded in the URL. */
function toTraces(search: Readonly<Record<string, string>>): string {
  const query = { refId: 'A', queryType: 'search', limit: 20, ...search };
  const panes = {
    traces: {
      datasource: jaeger,
      queries: [{ ...query, datasource: { type: 'jaeger', uid: jaeger } }],
      range: { from: `\${__from}`, to: `\${__to}` },
    },
  };
  const encoded = encodeURIComponent(JSON.stringify(panes)).replace(
    /%24%7B([\w.]+)%7D/g,
    (_, name) => `\${${name}}`,
  );
  return `/explore?schemaVersion=1&panes=${encoded}`;
}
