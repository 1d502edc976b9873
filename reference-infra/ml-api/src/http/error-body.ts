/** The same error in the words of each protocol. */

import type { RequestError } from '../errors.ts';
import type { ErrorForm } from './context.ts';

/** JSON of an error body. */
export function errorBody(error: RequestError, form: ErrorForm): object {
  switch (form) {
    // https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol
    case 'kserve':
      return { error: error.message };
    // MlflowException.serialize_as_json
    case 'mlflow':
      return { error_code: mlflowCode(error), message: error.message };
    case 'own':
      return { error: error.message, reason: error.reason, ...error.place };
  }
}

/** The names of MLflow's databricks.proto. */
function mlflowCode({ status, reason }: RequestError): string {
  switch (status) {
    case 404:
    case 405:
      return 'ENDPOINT_NOT_FOUND';
    case 503:
      return 'TEMPORARILY_UNAVAILABLE';
    case 500:
      return 'INTERNAL_ERROR';
    default:
      return reason === 'invalid_input' ? 'INVALID_PARAMETER_VALUE' : 'BAD_REQUEST';
  }
}
