import { binomialCdf, binomialPmf } from './distributions.ts';

export interface McNemar {
  /** Two-sided exact conditional p-value (McNemar 1947 with the binomial distribution). */
  readonly exact: number;
  /** Two-sided mid-p (Fagerland, Lydersen and Laake 2013, BMC Med. Res. Methodol. 13:91). */
  readonly midP: number;
}

/** `onlyFirst`, `onlySecond`: the discordant rows. Without any both p-values are 1. */
export function mcnemar(onlyFirst: number, onlySecond: number): McNemar {
  const discordant = onlyFirst + onlySecond;
  if (discordant === 0) {
    return { exact: 1, midP: 1 };
  }
  const smaller = Math.min(onlyFirst, onlySecond);
  const point = binomialPmf(smaller, discordant, 0.5);
  if (onlyFirst === onlySecond) {
    return { exact: 1, midP: 1 - point / 2 };
  }
  const exact = Math.min(1, 2 * binomialCdf(smaller, discordant, 0.5));
  return { exact, midP: exact - point };
}
