{{/* Labels of every object. Argument: the root context. */}}
{{- define "heapwarden.labels" -}}
app.kubernetes.io/name: heapwarden
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}

{{/* Where a pod may run. Argument: values of the operator or the agent. */}}
{{- define "heapwarden.scheduling" -}}
{{- with .nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations: {{- toYaml . | nindent 0 }}
{{- end }}
{{- with .affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}

{{/* Argument: the list of names. */}}
{{- define "heapwarden.pullSecrets" -}}
{{- with . }}
imagePullSecrets:
{{- range . }}
- name: {{ . }}
{{- end }}
{{- end }}
{{- end }}
