/** The alias that the service follows: asked for, and moved. */

import { modelName, type World } from './world.ts';

const path = '/api/2.0/mlflow/registered-models/alias';

/** Null: no version is the champion yet. @throws Error */
export async function champion({ mlflow }: World): Promise<string | null> {
  const response = await fetch(`${mlflow}${path}?name=${modelName}&alias=champion`);
  const text = await response.text();
  if (response.status === 404 || (!response.ok && /alias champion not found/i.test(text))) return null;
  if (!response.ok) throw new Error(`MLflow answered ${response.status}: ${text.slice(0, 200)}`);
  return (JSON.parse(text) as { model_version: { version: string } }).model_version.version;
}

/** @throws Error */
export async function promote({ mlflow }: World, version: string): Promise<void> {
  const response = await fetch(`${mlflow}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: modelName, alias: 'champion', version }),
  });
  if (!response.ok)
    throw new Error(`MLflow answered ${response.status}: ${(await response.text()).slice(0, 200)}`);
}
