{{/*
Data of the ConfigMaps, each a template of its own, since the checksums of the pods are made of it. The files are those of
the kustomize base and of ../../monitoring, by symbolic links: they are taken as they are, unless a part is switched off.
*/}}

{{- define "ml-platform.data.service" -}}
{{- $variables := dict }}
{{- range .Files.Lines "files/ml-api.env" }}
{{- $line := trim . }}
{{- if and $line (not (hasPrefix "#" $line)) }}
{{- $pair := splitn "=" 2 $line }}
{{- $_ := set $variables $pair._0 $pair._1 }}
{{- end }}
{{- end }}
{{- with .Values.model }}
{{- with .path }}{{ $_ := set $variables "MODEL_PATH" . }}{{ end }}
{{- with .uri }}{{ $_ := set $variables "MODEL_URI" . }}{{ end }}
{{- with .registry }}{{ $_ := set $variables "MLFLOW_TRACKING_URI" . }}{{ end }}
{{- end }}
{{- toYaml (mergeOverwrite $variables .Values.environment) }}
{{- end }}

{{- define "ml-platform.data.prometheus" -}}
{{- $text := .Files.Get "files/prometheus.yml" }}
{{- if not (and .Values.alertmanager.enabled .Values.pushgateway.enabled) }}
{{- /* A target that is not there would be told as down, and alerts would be sent to nobody. */}}
{{- $configuration := fromYaml $text }}
{{- if not .Values.alertmanager.enabled }}{{ $_ := unset $configuration "alerting" }}{{ end }}
{{- if not .Values.pushgateway.enabled }}
{{- $jobs := list }}
{{- range $configuration.scrape_configs }}
{{- if ne .job_name "pushgateway" }}{{ $jobs = append $jobs . }}{{ end }}
{{- end }}
{{- $_ := set $configuration "scrape_configs" $jobs }}
{{- end }}
{{- $text = toYaml $configuration }}
{{- end }}
{{- toYaml (dict "prometheus.yml" $text) }}
{{- end }}

{{- define "ml-platform.data.rules" -}}
{{- include "ml-platform.filesOf" (dict "root" . "glob" "files/rules/*.yml") }}
{{- end }}

{{- define "ml-platform.data.alertmanager" -}}
{{- toYaml (dict "alertmanager.yml" (.Files.Get "files/alertmanager.yml")) }}
{{- end }}

{{- define "ml-platform.data.data-sources" -}}
{{- $text := .Files.Get "files/data-sources.yml" }}
{{- if not .Values.alertmanager.enabled }}
{{- $configuration := fromYaml $text }}
{{- $sources := list }}
{{- range $configuration.datasources }}
{{- if ne .type "alertmanager" }}{{ $sources = append $sources . }}{{ end }}
{{- end }}
{{- $_ := set $configuration "datasources" $sources }}
{{- $text = toYaml $configuration }}
{{- end }}
{{- toYaml (dict "data-sources.yml" $text) }}
{{- end }}

{{- define "ml-platform.data.providers" -}}
{{- toYaml (dict "providers.yml" (.Files.Get "files/providers.yml")) }}
{{- end }}

{{- define "ml-platform.data.dashboards" -}}
{{- include "ml-platform.filesOf" (dict "root" . "glob" "files/dashboards/*.json") }}
{{- end }}

{{/* Files by their names. A chart that was copied without what its links lead to would install a monitoring that sees nothing. */}}
{{- define "ml-platform.filesOf" -}}
{{- $data := dict }}
{{- range $path, $content := .root.Files.Glob .glob }}
{{- $_ := set $data (base $path) (toString $content) }}
{{- end }}
{{- if not $data }}
{{- fail (printf "the chart has no %s: install it from its folder in the repository, or from a package that `helm package` made there" .glob) }}
{{- end }}
{{- toYaml $data }}
{{- end }}

{{/* A ConfigMap: root, name, part, and the name of its data's template. */}}
{{- define "ml-platform.configMap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  {{- include "ml-platform.metadata" . | nindent 2 }}
data:
  {{- include (printf "ml-platform.data.%s" .configuration) .root | nindent 2 }}
{{- end }}
