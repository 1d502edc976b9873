const model = `
          model-path: model.onnx
          data-path: data/test.csv
          feature-columns: >-
            mean_radius, mean_texture, mean_perimeter, mean_area,
            mean_smoothness, mean_compactness, mean_concavity, mean_concave_points
          slices: region`;

/** How a team uses the model gate: a job that passes, one that fails, one with a mistake in its inputs. */
export const validateModelWorkflow = `
name: Model
on: pull_request
permissions:
  contents: read
  pull-requests: write
jobs:
  passing:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - id: gate
        uses: org/action-validate-model@v1
        with:${model}
          id: release
          thresholds: |
            accuracy >= 0.85
            roc_auc >= 0.95
            recall(0) >= 80%
      - id: reader
        env:
          OUTPUTS: \${{ toJSON(steps.gate.outputs) }}
          ACCURACY: \${{ steps.gate.outputs.accuracy }}
        run: |
          test "\${{ steps.gate.outputs.verdict }}" = pass
          test -n "$ACCURACY"
          cp "\${{ steps.gate.outputs.result-path }}" "$ACT_OUTBOX/passing.json"
          cp "\${{ steps.gate.outputs.report-path }}" "$ACT_OUTBOX/passing.html"
          echo "$OUTPUTS" > "$ACT_OUTBOX/passing.outputs.json"
  failing:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - id: gate
        uses: org/action-validate-model@v1
        with:${model}
          id: strict
          thresholds: |
            accuracy >= 0.99
            roc_auc >= 0.95
      - id: not-reached
        run: echo "a failed gate lets the job go on"
      - id: reader
        if: always()
        env:
          OUTPUTS: \${{ toJSON(steps.gate.outputs) }}
        run: |
          test "\${{ steps.gate.outcome }}" = failure
          test "\${{ steps.gate.outputs.verdict }}" = fail
          cp "\${{ steps.gate.outputs.result-path }}" "$ACT_OUTBOX/failing.json"
          cp "\${{ steps.gate.outputs.report-path }}" "$ACT_OUTBOX/failing.html"
          echo "$OUTPUTS" > "$ACT_OUTBOX/failing.outputs.json"
  mistaken:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - id: gate
        uses: org/action-validate-model@v1
        continue-on-error: true
        with:
          model-path: modle.onnx
          data-path: data/test.csv
          id: mistaken
      - id: reader
        run: |
          test "\${{ steps.gate.outcome }}" = failure
          test -z "\${{ steps.gate.outputs.verdict }}"
`;
