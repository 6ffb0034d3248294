# shellcheck shell=bash
# RabbitMQ. Debian's wrapper insists on its own user, so the programs behind it are called. Sourced by deploy/local/engine.

rabbitmq_port() { echo "$base"; }

rabbitmq_check() { need rabbitmq-server /usr/lib/rabbitmq/bin/rabbitmq-server epmd; need curl curl; }

rabbitmq_make() {
  mkdir -p "$home"/{conf,data,user}
  (umask 077; cat >"$home/conf/rabbitmq.conf") <<CONF
listeners.tcp.1 = 127.0.0.1:$base
management.tcp.ip = 127.0.0.1
management.tcp.port = $((base + 1))
prometheus.tcp.ip = 127.0.0.1
prometheus.tcp.port = $((base + 2))
default_user = mailmesh
default_pass = $secret
CONF
  echo '[rabbitmq_management,rabbitmq_prometheus].' >"$home/conf/plugins"
}

rabbitmq_start() {
  ! rabbitmq_serves || return 0
  local port
  runs "$home/run/rabbitmq.pid" || for port in "$base" $((base + 1)) $((base + 2)) $((base + 3)); do port_free "$port"; done
  # +sbwt: schedulers that have nothing to do would spin, and take the cores from the services beside them.
  # The name service of Erlang outlives the broker, so it is started, and stopped, as a process of its own.
  runs "$home/run/epmd.pid" || { port_free $((base + 4)); start "$home" epmd epmd -port $((base + 4)) -address 127.0.0.1; }
  runs "$home/run/rabbitmq.pid" || start "$home" rabbitmq env \
    HOME="$home/user" RABBITMQ_NODENAME=mailmesh@localhost RABBITMQ_CONF_ENV_FILE=/dev/null \
    RABBITMQ_CONFIG_FILE="$home/conf/rabbitmq" RABBITMQ_ENABLED_PLUGINS_FILE="$home/conf/plugins" \
    RABBITMQ_MNESIA_BASE="$home/data" RABBITMQ_LOG_BASE="$home/log" RABBITMQ_PID_FILE="$home/data/pid" \
    RABBITMQ_DIST_PORT=$((base + 3)) ERL_EPMD_PORT=$((base + 4)) ERL_EPMD_ADDRESS=127.0.0.1 \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none' \
    /usr/lib/rabbitmq/bin/rabbitmq-server
  await "$home/run/rabbitmq.pid" 120 rabbitmq_serves
}

# The management answers once the broker has read its queues; the listener opens just before.
rabbitmq_serves() {
  accepts "$base" && curl -sf -m 5 -o /dev/null -K - <<<"user = \"mailmesh:$(cat "$dir/secret")\"
url = \"http://127.0.0.1:$((base + 1))/api/overview\""
}

rabbitmq_stop() {
  stop "$home/run/rabbitmq.pid" TERM 60
  stop "$home/run/epmd.pid" TERM 5
}

rabbitmq_env_mesh() { echo "export MAILMESH__BUS__RABBITMQ=amqp://mailmesh:$secret@127.0.0.1:$base/"; }

rabbitmq_env_tests() {
  echo "export MAILMESH_TEST_RABBITMQ=amqp://mailmesh:$secret@127.0.0.1:$base/"
  echo "export MAILMESH_TEST_RABBITMQ_MANAGEMENT=http://mailmesh:$secret@127.0.0.1:$((base + 1))/"
}
