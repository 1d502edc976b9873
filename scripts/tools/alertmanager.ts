import type { CacheOptions, InstalledTool } from './cache.ts';
import { ensureGoTool, type GoTool } from './go-tool.ts';

/** The version of the manifests. Debian's, 0.25, does not know `url_file` yet. */
const version = 'v0.28.1';

/** Sends alerts on; some 90 s to build, 30 MB. */
export const alertmanagerTool: GoTool = {
  name: 'alertmanager',
  version,
  package: 'github.com/prometheus/alertmanager/cmd/alertmanager',
};

/** Checks configurations and tests routes; 20 s more. */
export const amtoolTool: GoTool = {
  name: 'amtool',
  version,
  package: 'github.com/prometheus/alertmanager/cmd/amtool',
};

export interface Alertmanager extends InstalledTool {
  readonly alertmanager: string;
  readonly amtool: string;
}

/** Start it with `--cluster.listen-address=`: without it, it listens for peers on all addresses. */
export async function ensureAlertmanager(options?: CacheOptions): Promise<Alertmanager> {
  const server = await ensureGoTool(alertmanagerTool, options);
  const tool = await ensureGoTool(amtoolTool, options);
  return { ...server, alertmanager: server.program, amtool: tool.program };
}
