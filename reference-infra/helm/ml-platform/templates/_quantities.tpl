{{/* What texts of the values come to as numbers, for the checks. */}}

{{/* An amount of Kubernetes, `500m` or `1Gi`, as a number with three decimals. */}}
{{- define "ml-platform.amount" -}}
{{- $number := . }}
{{- $factor := 1 }}
{{- if kindIs "string" . }}
{{- $number = regexFind "^[0-9.]+" . }}
{{- $factors := dict "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 }}
{{- $factor = get $factors (regexFind "[A-Za-z]+$" .) | default 1 }}
{{- end -}}
{{ printf "%.3f" (mulf (float64 $number) $factor) }}
{{- end }}

{{/* A time as the service reads it, `0.9m`, in milliseconds; empty where the service would not take it. */}}
{{- define "ml-platform.milliseconds" -}}
{{- if regexMatch `^[0-9]+(\.[0-9]+)?\s*(ms|s|m|h|d)$` . -}}
{{- $factor := get (dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000 "d" 86400000) (regexFind "[a-z]+$" .) -}}
{{ printf "%.3f" (mulf (float64 (regexFind `^[0-9.]+` .)) $factor) }}
{{- end }}
{{- end }}

{{/* An IPv4 address as a number. */}}
{{- define "ml-platform.addressNumber" -}}
{{- $number := 0 }}
{{- range splitList "." . }}{{ $number = add (mul $number 256) (atoi .) }}{{ end -}}
{{ $number }}
{{- end }}

{{/* Whether a range has an address, both IPv4: `range` and `address`; empty: no. */}}
{{- define "ml-platform.isInRange" -}}
{{- $parts := splitn "/" 2 .range }}
{{- $size := 1 }}
{{- range until (int (sub 32 (atoi $parts._1))) }}{{ $size = mul $size 2 }}{{ end }}
{{- $network := include "ml-platform.addressNumber" $parts._0 | int64 }}
{{- $address := include "ml-platform.addressNumber" .address | int64 }}
{{- if eq (div $network $size) (div $address $size) }}yes{{ end }}
{{- end }}
