{{/* JSON list of the namespaces that get a Role; one empty name for a ClusterRole. Argument: the root context. */}}
{{- define "heapwarden.scopes" -}}
{{- .Values.watchNamespaces | default (list "") | toJson }}
{{- end }}

{{/* Kind, name and namespace of what a part may do where it watches. Arguments: part, namespace. */}}
{{- define "heapwarden.watchRole" -}}
{{- if .namespace -}}
kind: Role
metadata:
  name: heapwarden-{{ .part }}-watch
  namespace: {{ .namespace }}
{{- else -}}
kind: ClusterRole
metadata:
  name: heapwarden-{{ .part }}
{{- end }}
{{- end }}

{{/* Gives it to the part's ServiceAccount; ends in metadata. Arguments: part, namespace, release (its namespace). */}}
{{- define "heapwarden.watchRoleBinding" -}}
kind: {{ ternary "RoleBinding" "ClusterRoleBinding" (ne .namespace "") }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ ternary "Role" "ClusterRole" (ne .namespace "") }}
  name: heapwarden-{{ .part }}{{ ternary "-watch" "" (ne .namespace "") }}
subjects:
- kind: ServiceAccount
  name: heapwarden-{{ .part }}
  namespace: {{ .release }}
metadata:
  name: heapwarden-{{ .part }}{{ ternary "-watch" "" (ne .namespace "") }}
{{- with .namespace }}
  namespace: {{ . }}
{{- end }}
{{- end }}
