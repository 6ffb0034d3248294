{{- define "mailmesh.secret" -}}
{{- .Values.engines.existingSecret | default (printf "%s-engines" .Release.Name) -}}
{{- end -}}

{{- define "mailmesh.labels" -}}
app.kubernetes.io/name: mailmesh
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "mailmesh.selector" -}}
app.kubernetes.io/name: mailmesh
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end -}}

{{/* Within a pod every listener has an unprivileged port. */}}
{{- define "mailmesh.targetPort" -}}
{{- get (dict "smtp" 2525 "submission" 2587 "submissions" 2465 "imap" 2143 "imaps" 2993 "pop3" 2110 "pop3s" 2995 "http" 8080) . -}}
{{- end -}}
