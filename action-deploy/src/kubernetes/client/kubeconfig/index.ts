/** How the API server is found: a kubeconfig, else the service account of the pod that the job runs in. */

import { RunError } from '../../../../../core/inputs/index.ts';
import type { Connection, ConnectionWorld } from '../connection.ts';
import { podConnection } from '../pod-account.ts';
import { kubeconfigFiles, readKubeconfig } from './merge.ts';
import type { Places } from './place.ts';
import { selectContext } from './select.ts';

export { type Places, shownPath } from './place.ts';

/**
 * As client-go: KUBECONFIG, else `~/.kube/config`, else the service account of the pod.
 * @throws RunError when there is none of them, or what is there cannot be used.
 */
export async function findConnection(world: ConnectionWorld): Promise<Connection> {
  const places: Places = {
    workspace: world.workspace,
    home: world.env.HOME || world.env.USERPROFILE || null,
  };
  const config = await readKubeconfig(kubeconfigFiles(world.env, places), places);
  if (config !== null) return selectContext(config, world, places);
  const pod = await podConnection(world);
  if (pod !== null) return pod;
  throw new RunError(
    'no cluster is known: set KUBECONFIG to the path of a kubeconfig, give `cluster` for one of EKS, or run the job in a pod with a service account',
  );
}
