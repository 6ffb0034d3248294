# shellcheck shell=bash
# Processes by the ids that they left in HOME/run/*.pid. Sourced by deploy/local/engine.

# Starts a daemon of its own session in its home, all three streams away from ours, and notes its id.
start() { # home process command...
  local home=$1 process=$2
  shift 2
  (cd "$home" && exec setsid "$@" >"$home/log/$process.out" 2>&1 </dev/null) &
  echo $! >"$home/run/$process.pid"
}

# Whether the process that this file names runs, and is ours: ids are used again, but only ours works in this home.
runs() { # file
  local id home
  home=$(dirname "$(dirname "$1")")
  id=$(cat "$1" 2>/dev/null) && [ -n "$id" ] && [[ $(readlink "/proc/$id/cwd" 2>/dev/null)/ == "$home"/* ]]
}

# One line a running process and its children: its name and id.
each_process() { # home
  local file id child
  for file in "$1"/run/*.pid; do
    [ -e "$file" ] && runs "$file" || continue
    id=$(cat "$file")
    echo "$(basename "$file" .pid) $id"
    for child in $(cat "/proc/$id/task/$id/children" 2>/dev/null); do
      echo "$(basename "$file" .pid) $child"
    done
  done
}

signal_all() { # home signal
  local ids
  ids=$(each_process "$1" | awk '{print $2}')
  # shellcheck disable=SC2086
  [ -z "$ids" ] || kill -"$2" $ids 2>/dev/null || true
}

# Stops one process: asks it, waits, and then insists.
stop() { # file signal seconds
  local id i
  runs "$1" || { rm -f "$1"; return 0; }
  id=$(cat "$1")
  kill -CONT "$id" 2>/dev/null || true # one that is paused hears nothing
  kill -"$2" "$id" 2>/dev/null || true
  for ((i = 0; i < $3 * 10; i++)); do
    runs "$1" || break
    sleep 0.1
  done
  ! runs "$1" || kill -KILL "$id" 2>/dev/null || true
  rm -f "$1"
}

await_end() { # home seconds
  local i
  for ((i = 0; i < $2 * 10; i++)); do
    [ -n "$(each_process "$1")" ] || return 0
    sleep 0.1
  done
}

# Waits until a command succeeds, while the process lives.
await() { # file seconds command...
  local file=$1 end=$((SECONDS + $2))
  shift 2
  until "$@" >/dev/null 2>&1; do
    runs "$file" && [ $SECONDS -lt $end ] || return 1
    sleep 0.2
  done
}

need() { # package command-or-file...
  local package=$1 tool
  shift
  for tool in "$@"; do
    [ -e "$tool" ] || command -v "$tool" >/dev/null || fail "$tool is missing: apt-get install $package"
  done
}

accepts() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; } # port

port_free() { # port
  ! accepts "$1" || fail "port $1 is taken; choose others by --port"
}
