{{/*
What several templates share. A part is one of the workloads: ml-api, prometheus, alertmanager, grafana, pushgateway, cost-exporter. Names
and labels are those of the kustomize base, whatever the release is called, since the parts find each other by them.
*/}}

{{/* Labels of a part: its name is the argument. */}}
{{- define "ml-platform.labels" -}}
app.kubernetes.io/name: {{ . }}
app.kubernetes.io/part-of: ml-platform
{{- end }}

{{/* Metadata of an object: root, name, and the part that it belongs to. What has none says who may do what, or reach what. */}}
{{- define "ml-platform.metadata" -}}
name: {{ .name }}
namespace: {{ .root.Release.Namespace | quote }}
labels:
  {{- if .part }}
  {{- include "ml-platform.labels" .part | nindent 2 }}
  {{- else }}
  app.kubernetes.io/component: security
  app.kubernetes.io/part-of: ml-platform
  {{- end }}
{{- end }}

{{/* Image of a part: `image` of the values, and the tag where it names neither tag nor digest. */}}
{{- define "ml-platform.image" -}}
{{- if .image.digest -}}
{{ printf "%s@%s" .image.repository .image.digest | quote }}
{{- else -}}
{{ printf "%s:%s" .image.repository (default .fallback .image.tag) | quote }}
{{- end -}}
{{- end }}

{{/*
Metadata of pods: root, part, and the named templates of the configuration that the containers read. Pods that read another
configuration are other pods, by the checksum: the names of the ConfigMaps stay the same.
*/}}
{{- define "ml-platform.podMetadata" -}}
labels:
  {{- include "ml-platform.labels" .part | nindent 2 }}
  {{- with .root.Values.pods.labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- $annotations := deepCopy .root.Values.pods.annotations }}
{{- range $name := .configurations }}
{{- $_ := set $annotations (printf "checksum/%s" $name) (include (printf "ml-platform.data.%s" $name) $.root | sha256sum) }}
{{- end }}
{{- with $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What the values say about pods of every part. */}}
{{- define "ml-platform.podExtras" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- with .Values.pods.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.pods.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.pods.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.pods.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- end }}

{{- define "ml-platform.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* Claim for the data of a part: `storage` of the values. */}}
{{- define "ml-platform.dataClaim" -}}
- metadata:
    name: data
  spec:
    accessModes: [ReadWriteOnce]
    {{- with .class }}
    storageClassName: {{ . | quote }}
    {{- end }}
    resources:
      requests:
        storage: {{ .size }}
{{- end }}

{{/*
A peer of a network policy: pods of another namespace, by `namespace` and `labels` of the values. These are a list, since helm adds
the keys of a mapping to the default's, so that both would have to match.
*/}}
{{- define "ml-platform.podsElsewhere" -}}
- namespaceSelector:
    matchLabels:
      kubernetes.io/metadata.name: {{ .namespace | quote }}
  podSelector:
    matchLabels:
      {{- range .labels }}
      {{- $pair := splitn "=" 2 . }}
      {{ $pair._0 | quote }}: {{ $pair._1 | quote }}
      {{- end }}
{{- end }}
