# shellcheck shell=bash
# S3 by Ceph: one monitor, one object store daemon and the RADOS Gateway, on loopback. Sourced by deploy/local/engine.

s3_port() { echo $((base + 20)); }

s3_check() { need ceph-mon ceph-mon monmaptool; need ceph-osd ceph-osd; need radosgw radosgw radosgw-admin; need ceph-common ceph ceph-authtool rados; need curl curl; }

# The lease: a placement group answers while its lease lasts (osd_pool_default_read_lease_ratio times osd_heartbeat_grace of 20 s), which it renews at half
# time. A request that comes after a pause and before the renewal makes the group laggy, and Ceph before its change 52021 (tracker 61650; Debian 12 has
# 16.2.15) never looks again in a pool of one copy: all that waits there waits until the daemon is started anew. A lease protects from a second copy that
# does not know yet that it was replaced; here is none, so that a day is as safe as the 16 s that are the default.
s3_conf() {
  local id=$1 store=bluestore
  [ "$durable" = true ] || store=memstore
  cat <<CONF
[global]
fsid = $id
mon_initial_members = a
mon_host = v1:127.0.0.1:$((base + 21))
ms_bind_msgr2 = false
ms_bind_ipv6 = false
ms_bind_port_min = $((base + 22))
ms_bind_port_max = $((base + 39))
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_warn_on_pool_no_redundancy = false
mon_data_avail_crit = 1
mon_data_avail_warn = 1
mon_data = $home/mon
osd_data = $home/osd
admin_socket =
run_dir = $home/run
pid_file =
log_file = $home/log/\$name.log
crash_dir = $home/log
heartbeat_file =
debug_none = 0
$(printf 'debug_%s = 0/0\n' rgw osd ms bluestore rocksdb bdev bluefs objclass filestore objecter rados auth monc)
[osd]
osd_class_update_on_start = false
osd_crush_update_on_start = false
osd_class_load_list = *
osd_class_default_list = *
osd_objectstore = $store
osd_pool_default_read_lease_ratio = 4320
memstore_device_bytes = 4294967296
bluestore_block_size = 21474836480
osd_memory_target = 939524096
[client]
rgw_frontends = beast endpoint=127.0.0.1:$((base + 20)) tcp_nodelay=1
rgw_data = $home/rgw
rgw_thread_pool_size = 64
rgw_enable_usage_log = false
rgw_dynamic_resharding = false
rgw_override_bucket_index_max_shards = 1
CONF
}

s3_ceph() { env CEPH_CONF="$home/ceph.conf" timeout 30 "$@" </dev/null 2>>"$home/log/make.out"; }

s3_daemon() { # process command...
  runs "$home/run/$1.pid" || start "$home" "$1" env CEPH_CONF="$home/ceph.conf" "${@:2}"
}

s3_make() {
  local id store keys=$home/keyring port
  for port in $((base + 20)) $((base + 21)); do port_free "$port"; done
  mkdir -p "$home"/{mon,osd,rgw}
  id=$(cat /proc/sys/kernel/random/uuid)
  s3_conf "$id" >"$home/ceph.conf"
  s3_ceph ceph-authtool --create-keyring "$keys" --gen-key -n mon. --cap mon 'allow *' >/dev/null
  s3_ceph ceph-authtool "$keys" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' >/dev/null
  s3_ceph monmaptool --create --addv a "[v1:127.0.0.1:$((base + 21))]" --fsid "$id" "$home/monmap" >/dev/null
  s3_ceph ceph-mon --mkfs -i a --monmap "$home/monmap" --keyring "$keys" >/dev/null
  s3_daemon mon ceph-mon -f -i a
  await "$home/run/mon.pid" 60 s3_ceph ceph -s || fail "the monitor of Ceph did not start; see $home/log"
  store=$(cat /proc/sys/kernel/random/uuid)
  s3_ceph ceph-osd --mkfs -i 0 --osd-uuid "$store" >/dev/null
  [ ! -s "$home/osd/fsid" ] || store=$(cat "$home/osd/fsid") # a store in memory chooses its own
  # A monitor that answers may still refuse commands for a moment.
  await "$home/run/mon.pid" 60 s3_ceph ceph osd new "$store" 0 || fail "the monitor of Ceph takes no object store daemon; see $home/log"
  s3_daemon osd ceph-osd -f -i 0
  await "$home/run/mon.pid" 60 s3_ceph ceph osd crush add osd.0 1.0 root=default host=local || fail "the monitor of Ceph takes no object store daemon; see $home/log"
  await "$home/run/osd.pid" 60 s3_osd_up || fail "the object store daemon of Ceph did not start; see $home/log"
  s3_daemon rgw radosgw -f -n client.rgw
  await "$home/run/rgw.pid" 120 s3_serves || fail "the gateway of Ceph did not start; see $home/log"
  await "$home/run/rgw.pid" 60 s3_ceph radosgw-admin user create --uid=mailmesh --display-name=MailMesh --access-key="$(s3_access)" --secret-key="$secret" \
    || fail "the user of the gateway of Ceph could not be made; see $home/log"
}

s3_osd_up() { s3_ceph ceph osd stat | grep -q '1 up'; }

s3_start() {
  runs "$home/run/rgw.pid" || port_free $((base + 20))
  s3_daemon mon ceph-mon -f -i a
  s3_daemon osd ceph-osd -f -i 0
  s3_daemon rgw radosgw -f -n client.rgw
  await "$home/run/rgw.pid" 120 s3_serves
}

# A bucket list that needs a user is refused, by a gateway that has reached its store.
s3_serves() { [ "$(curl -s -m 5 -o /dev/null -w '%{http_code}' "http://127.0.0.1:$((base + 20))/")" = 200 ]; }

# What is wrong with an engine that serves, a line each: the gateway greets while the pools behind it hang. Each pool is one placement group, so that any
# object of it tells; any answer will do, such as that there is none of the name.
s3_ails() {
  local pools pool
  pools=$(s3_ceph rados lspools) || { echo "its monitor does not answer"; return; }
  for pool in $pools; do
    env CEPH_CONF="$home/ceph.conf" timeout 5 rados -p "$pool" stat none </dev/null >/dev/null 2>&1 || [ $? != 124 ] || echo "pool $pool does not answer" &
  done
  wait
}

s3_stop() {
  stop "$home/run/rgw.pid" TERM 30
  stop "$home/run/osd.pid" TERM 30
  stop "$home/run/mon.pid" TERM 30
}

s3_access() { echo mailmesh; }

s3_bucket() { # name
  local reply
  reply=$(curl -s -m 30 -o /dev/null -w '%{http_code}' -X PUT -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' --aws-sigv4 aws:amz:us-east-1:s3 -K - \
    <<<"user = \"$(s3_access):$secret\"
url = \"http://127.0.0.1:$((base + 20))/$1\"")
  [ "$reply" = 200 ] || [ "$reply" = 409 ] || fail "bucket $1 could not be made: the gateway answered $reply"
}

s3_env_mesh() {
  echo "export MAILMESH__BLOBS__S3__ENDPOINT=http://127.0.0.1:$((base + 20))"
  echo "export MAILMESH__BLOBS__S3__ACCESSKEY=$(s3_access)"
  echo "export MAILMESH__BLOBS__S3__SECRETKEY=$secret"
  echo "export MAILMESH__BLOBS__S3__BUCKET=${bucket:-mailmesh}"
}

s3_env_tests() { echo "export MAILMESH_TEST_S3=http://$(s3_access):$secret@127.0.0.1:$((base + 20))/"; }
