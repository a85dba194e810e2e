#!/bin/bash
# The guest's first process: the network, siw on it, then the agent.
# Two network cards: the first joins the agent to the host, the second carries RDMA.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/applets HOME=/run
busybox mount -t proc proc /proc
busybox mount -t sysfs sysfs /sys
busybox mount -t devtmpfs devtmpfs /dev 2>/dev/null
busybox mkdir -p /dev/pts /dev/shm /applets
busybox mount -t tmpfs tmpfs /dev/shm
busybox mount -t tmpfs tmpfs /tmp
busybox mount -t tmpfs tmpfs /run
busybox --install -s /applets
depmod -a
for module in virtio_pci virtio_net virtio_rng; do modprobe $module; done
ldconfig 2>/dev/null
hostname peer
ulimit -l unlimited
ip link set lo up
ip link set eth0 up
ip addr add 10.79.1.2/24 dev eth0
ip link set eth1 up
ip addr add 10.79.0.2/24 dev eth1
ip addr add fd79::2/64 dev eth1 nodad
for module in crc32c_intel crc32c_generic ib_uverbs rdma_ucm siw; do modprobe $module; done
rdma link add siw0 type siw netdev eth1
socat TCP-LISTEN:9,reuseaddr,fork,nodelay EXEC:agent &
until ss -Hltn | grep -q ':9 '; do busybox usleep 20000; done
echo "GUEST-READY"
wait
echo "the agent ended"
poweroff -f
