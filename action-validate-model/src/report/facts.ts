/** What is known of the models and of the data, and how fast the candidate was. */

import type { ModelFacts, ModelInput } from '../../../core/models/types.ts';
import {
  counted,
  escapeMarkdown,
  formatCount,
  formatNumber,
  html,
  type MarkdownSection,
  type Markup,
  type MarkupValue,
  markdownCode,
  type Section,
  shorten,
  valueText,
} from '../../../core/report/index.ts';
import type { ModelDetails } from './details.ts';
import { nameLimit } from './numbers.ts';

const mostItems = 30;

const kinds: Readonly<Record<ModelFacts['kind'], string>> = {
  onnx: 'ONNX file',
  'mlflow-onnx': 'MLflow model, ONNX flavor',
  endpoint: 'prediction endpoint',
  predictions: 'file of predictions',
};

export function speedSection(details: ModelDetails): readonly Section[] {
  const { speed } = details;
  if (speed === null) return [];
  return [
    {
      title: 'Speed on this machine',
      body: html`<dl>${[
        ['Latency of a batch, median', valueText(speed.latencyP50, 'milliseconds')],
        ...(speed.latencyP95 === null
          ? []
          : [['Latency of a batch, 95th percentile', valueText(speed.latencyP95, 'milliseconds')]]),
        ['Throughput', `${formatNumber(speed.rowsPerSecond)} rows/s`],
        [
          'Measured on',
          `${counted(speed.batches, 'batch', 'batches')} of ${counted(speed.batchSize, 'row')}`,
        ],
      ].map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`,
    },
  ];
}

export function factsSection(details: ModelDetails): Section {
  const models = [
    { title: 'Candidate', facts: details.candidate.model },
    ...(details.baseline === null ? [] : [{ title: 'Baseline', facts: details.baseline.model }]),
  ];
  return {
    title: 'Models and data',
    body: html`<div class="grid-cards">${models.map(
      ({ title, facts }) => html`<div class="card"><h3>${title}</h3>${definitions(modelFacts(facts))}</div>`,
    )}<div class="card"><h3>Test data</h3>${definitions(dataFacts(details))}</div></div>`,
  };
}

type Fact = readonly [name: string, value: MarkupValue];

function definitions(facts: readonly Fact[]): Markup {
  return html`<dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

function modelFacts(facts: ModelFacts): readonly Fact[] {
  const bytes = facts.files.reduce((sum, file) => sum + file.bytes, 0);
  return [
    ['Name', html`<code>${shorten(facts.name, nameLimit)}</code>`],
    ['Kind', kinds[facts.kind]],
    ...(facts.producer === null ? [] : [['Made by', shorten(facts.producer, nameLimit)] as const]),
    ...(facts.opset === null ? [] : [['Opset', String(facts.opset)] as const]),
    ...(facts.files.length === 0 ? [] : [['Size', valueText(bytes, 'bytes')] as const]),
    ...limited(facts.files).map(
      (file): Fact => [
        'SHA-256',
        html`<code>${shorten(file.sha256, nameLimit)}</code>${facts.files.length > 1 ? html` <code>${shorten(file.name, nameLimit)}</code>` : null}`,
      ],
    ),
    ...tensors('Inputs', facts.inputs),
    ...tensors('Outputs', facts.outputs),
  ];
}

function tensors(title: string, inputs: readonly ModelInput[]): readonly Fact[] {
  if (inputs.length === 0) return [];
  const left = inputs.length - mostItems;
  return [
    [
      title,
      html`${limited(inputs).map(
        (input, index) => html`${index === 0 ? '' : ', '}<code>${tensorText(input)}</code>`,
      )}${left > 0 ? ` and ${formatCount(left)} more` : ''}`,
    ],
  ];
}

/** `features: float32 [?, 30]` */
function tensorText(input: ModelInput): string {
  const shape = input.shape.map((dimension) => (dimension === null ? '?' : String(dimension))).join(', ');
  return `${shorten(input.name, 80)}: ${input.type} [${shape}]`;
}

function limited<Item>(items: readonly Item[]): readonly Item[] {
  return items.slice(0, mostItems);
}

function dataFacts(details: ModelDetails): readonly Fact[] {
  const { data, classes } = details;
  const left = classes.length - mostItems;
  return [
    ...(data === null
      ? []
      : ([
          ['Name', html`<code>${shorten(data.name, nameLimit)}</code>`],
          ['Format', shorten(data.format, 40)],
        ] as const)),
    ['Rows', formatCount(details.rows)],
    ['Task', details.task],
    ...(classes.length === 0
      ? []
      : ([
          [
            `Classes (${formatCount(classes.length)})`,
            html`${limited(classes).map(
              (name, index) => html`${index === 0 ? '' : ', '}<code>${shorten(name, 80)}</code>`,
            )}${left > 0 ? ` and ${formatCount(left)} more` : ''}`,
          ],
        ] as const)),
    ...(details.positiveClass === null
      ? []
      : ([['Positive class', html`<code>${shorten(details.positiveClass, 80)}</code>`]] as const)),
  ];
}

export function factsMarkdown(details: ModelDetails): MarkdownSection {
  const { model } = details.candidate;
  const bytes = model.files.reduce((sum, file) => sum + file.bytes, 0);
  const { speed } = details;
  return {
    title: 'Model and data',
    header: null,
    rows: [
      [`Model: ${markdownCode(shorten(model.name, nameLimit))}, ${kinds[model.kind]}`],
      ...(model.files.length === 0 ? [] : [[`Size: ${valueText(bytes, 'bytes')}`]]),
      ...(model.producer === null
        ? []
        : [[`Made by: ${escapeMarkdown(shorten(model.producer, nameLimit))}`]]),
      ...(details.baseline === null
        ? []
        : [[`Baseline: ${markdownCode(shorten(details.baseline.model.name, nameLimit))}`]]),
      ...(details.data === null ? [] : [[`Data: ${markdownCode(shorten(details.data.name, nameLimit))}`]]),
      [`Rows: ${formatCount(details.rows)}, task: ${details.task}`],
      ...(speed === null
        ? []
        : [
            [
              `Speed: ${formatNumber(speed.rowsPerSecond)} rows/s, median batch ${valueText(speed.latencyP50, 'milliseconds')}`,
            ],
          ]),
    ],
  };
}
