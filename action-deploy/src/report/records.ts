/** What the rollout rested on and what it left: gate results, the image with its scan, ids, the rollback. */

import { counted, dataTable, html, type Markup, type Section, shorten } from '../../../core/report/index.ts';
import type { DeployDetails, EvidenceRecord, ScanFindings } from '../types.ts';
import { momentText, nameLimit, shortDigest, textLimit, unitNoun } from './words.ts';

const mostRecords = 50;

export function evidenceSections({ evidence }: DeployDetails): readonly Section[] {
  if (evidence.length === 0) return [];
  const accepted = evidence.filter((each) => each.accepted).length;
  const left = evidence.length - mostRecords;
  return [
    {
      title: `Evidence: ${accepted} of ${counted(evidence.length, 'gate result')} accepted`,
      body: html`${dataTable(
        [
          { title: 'Document', kind: 'lead' },
          { title: 'Gate', kind: 'text' },
          { title: 'Verdict', kind: 'text' },
          { title: 'Commit', kind: 'text' },
          { title: 'Finished', kind: 'text' },
          { title: 'Counts', kind: 'text' },
        ],
        [...evidence]
          .sort((a, b) => Number(a.accepted) - Number(b.accepted))
          .slice(0, mostRecords)
          .map(evidenceRow),
      )}${left > 0 ? html`<p class="note">… and ${counted(left, 'more document')}; the result document has them all.</p>` : null}`,
    },
  ];
}

function evidenceRow(record: EvidenceRecord): readonly (Markup | string)[] {
  const { path, digest, action, verdict, commit, finishedAt, accepted, reason } = record;
  return [
    html`<code>${shorten(path, nameLimit)}</code><span class="reason">${shorten(reason, textLimit)}</span>${
      digest === null ? null : html`<span class="small">${shortDigest(digest)}</span>`
    }`,
    action === null ? '–' : shorten(action, 60),
    verdict === null ? '–' : shorten(verdict, 40),
    commit === null ? '–' : html`<code>${shorten(commit, 64).slice(0, 7)}</code>`,
    finishedAt === null ? '–' : momentText(finishedAt),
    html`<span class="standing ${accepted ? 'passed' : 'failed'}">${accepted ? 'yes' : 'no'}</span>`,
  ];
}

export type Fact = readonly [name: string, text: string];

export function imageFacts({ image }: DeployDetails): readonly Fact[] {
  if (image === null) return [];
  const platforms = image.platforms.map(({ os, architecture }) => `${os}/${architecture}`).join(', ');
  return [
    ['Given', image.given],
    ['Repository', image.repository],
    ...(image.tag === null ? [] : [['Tag', image.tag] as const]),
    ['Digest', image.digest],
    ...(platforms === '' ? [] : [['Built for', platforms] as const]),
  ];
}

export function rolloutFacts({ target, strategy, ids, deployment, plan }: DeployDetails): readonly Fact[] {
  return [
    ['Target', target === 'ecs' ? 'Amazon ECS' : 'Kubernetes'],
    ['Strategy', strategy],
    ...(ids.revision === null ? [] : [['Revision', ids.revision] as const]),
    ...(ids.deployment === null ? [] : [['Deployment', ids.deployment] as const]),
    ...(ids.taskDefinitionArn === null ? [] : [['Task definition', ids.taskDefinitionArn] as const]),
    ...(plan?.inProgress == null
      ? []
      : [['Taken up', `${plan.inProgress}, which an earlier run had started`] as const]),
    ...(deployment === null
      ? []
      : [['GitHub', `deployment ${deployment.id} to ${deployment.environment}`] as const]),
  ];
}

export function imageSection(details: DeployDetails): Section {
  const { deployment, scan } = details;
  const link = deployment?.url ?? null;
  return {
    title: 'The image and the rollout',
    body: html`<div class="grid-cards">${factCard('Image', imageFacts(details))}${factCard('Rollout', rolloutFacts(details))}</div>${
      link !== null && /^https?:\/\//.test(link)
        ? html`<p class="gap"><a href="${link}">Deployments of ${shorten(deployment?.environment ?? '', nameLimit)}</a> on GitHub</p>`
        : null
    }${scan === null ? null : scanBlock(scan)}`,
  };
}

function factCard(title: string, facts: readonly Fact[]): Markup | null {
  if (facts.length === 0) return null;
  return html`<div class="card"><h3>${title}</h3><dl>${facts.map(([name, text]) => html`<dt>${name}</dt><dd>${shorten(text, 300)}</dd>`)}</dl></div>`;
}

/** `1 critical, 4 high`, `no findings` */
export function scanText({ counts, kind, finishedAt }: ScanFindings): string {
  const order = ['critical', 'high', 'medium', 'low', 'informational', 'undefined'];
  const rank = (severity: string): number =>
    (order.indexOf(severity) + order.length + 1) % (order.length + 1);
  const found = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(
      ([severity, count]) =>
        `${count} ${severity === 'undefined' ? 'of no known severity' : shorten(severity, 30)}`,
    );
  const when = finishedAt === null ? '' : `, finished ${momentText(finishedAt)}`;
  return `${found.length === 0 ? 'no findings' : found.join(', ')} (${shorten(kind, 30)} scan${when})`;
}

function scanBlock(scan: ScanFindings): Markup {
  return html`<h3 class="gap">Scan: ${scanText(scan)}</h3>${
    scan.gravest.length === 0
      ? null
      : dataTable(
          [
            { title: 'Finding', kind: 'lead' },
            { title: 'Severity', kind: 'text' },
            { title: 'Package', kind: 'text' },
          ],
          scan.gravest
            .slice(0, 20)
            .map((finding) => [
              html`<code>${shorten(finding.id, nameLimit)}</code>${
                finding.uri === null
                  ? null
                  : html`<span class="small">${shorten(finding.uri, nameLimit)}</span>`
              }`,
              shorten(finding.severity, 30),
              finding.package === null ? '–' : shorten(finding.package, nameLimit),
            ]),
        )
  }`;
}

export function rollbackSections(details: DeployDetails): readonly Section[] {
  const { rollback } = details;
  if (rollback === null) return [];
  const who = rollback.by === 'platform' ? 'by the platform itself' : 'by this action';
  return [
    {
      title: 'Rollback',
      body: html`<p><span class="standing ${rollback.verified ? 'passed' : 'failed'}">${rollback.verified ? 'Verified' : 'Not verified'}</span>, ${who}: ${shorten(rollback.text, textLimit)}</p><p class="note">Verified: the former ${unitNoun(details)}s were seen to run and to be healthy again.</p>`,
    },
  ];
}
