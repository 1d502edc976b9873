/** The client of AWS's own SDK. */

import {
  CostExplorerClient,
  GetCostAndUsageCommand,
  type GetCostAndUsageCommandInput,
  type GetCostAndUsageCommandOutput,
  GetCostForecastCommand,
  type GetCostForecastCommandInput,
  type GetCostForecastCommandOutput,
} from '@aws-sdk/client-cost-explorer';

export interface CostExplorer {
  /** Finds the credentials, or throws. Kept by the client until they are about to expire. */
  credentials(): Promise<unknown>;
  costAndUsage(input: GetCostAndUsageCommandInput): Promise<GetCostAndUsageCommandOutput>;
  costForecast(input: GetCostForecastCommandInput): Promise<GetCostForecastCommandOutput>;
  close(): void;
}

/** Cost Explorer has its one endpoint there, whatever region the costs are of. */
const region = 'us-east-1';

/** @param endpoint in the place of AWS's own, for tests; null: AWS */
export function costExplorerOf(endpoint: string | null): CostExplorer {
  const client = new CostExplorerClient({
    region,
    // Each request costs money: whoever sends one again counts it.
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 10_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
    ...(endpoint === null ? {} : { endpoint }),
  });
  return {
    credentials: () => client.config.credentials(),
    costAndUsage: (input) => client.send(new GetCostAndUsageCommand(input)),
    costForecast: (input) => client.send(new GetCostForecastCommand(input)),
    close: () => client.destroy(),
  };
}
