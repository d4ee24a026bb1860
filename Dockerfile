# Two images from one file, after `mvn -DskipTests package` has made the jars:
#   docker build --target operator -t heapwarden-operator .
#   docker build --target agent    -t heapwarden-agent .

FROM debian:trixie-slim AS jdk
RUN apt-get update \
 && apt-get install -y --no-install-recommends openjdk-25-jdk-headless binutils \
 && rm -rf /var/lib/apt/lists/*
# jdk.crypto.ec for elliptic-curve certificates; jdk.unsupported for Jackson and
# Micrometer; jdk.management for the CPU time of our own process; java.desktop (beans) and java.rmi for Quartz; java.sql and java.naming are named by
# library classes that are loaded reflectively.
RUN jlink --strip-debug --no-header-files --no-man-pages --compress zip-6 --output /opt/java \
      --add-modules java.base,java.desktop,java.logging,java.management,java.naming,java.net.http,java.rmi,java.security.jgss,java.sql,java.xml,jdk.crypto.ec,jdk.httpserver,jdk.management,jdk.unsupported

# What the agent needs from its pod: hostPID; capabilities BPF, PERFMON (load and attach programs), SYS_PTRACE (read /proc/PID of
# other users), DAC_OVERRIDE, KILL (SIGQUIT asks a JVM to listen) and SYS_NICE (takes back bpftrace's
# compiler pages); host paths /sys/kernel (tracefs, BTF), /sys/fs/cgroup at
# /host/sys/fs/cgroup, the snapshot directory; an emptyDir at /tmp; NODE_NAME from the downward API. The root file system can be
# read-only.
FROM debian:trixie-slim AS agent
RUN apt-get update \
 && apt-get install -y --no-install-recommends bpftrace util-linux \
 && rm -rf /var/lib/apt/lists/*
# The agent reads what this version prints, and its programs are in this version's language.
RUN bpftrace --version | grep -F 'bpftrace v0.23.'
COPY --from=jdk /opt/java /opt/java
COPY probes/target/lib /opt/heapwarden/lib
COPY probes/target/heapwarden-agent.jar /opt/heapwarden/
# Names of classes and files may hold any character.
ENV LC_ALL=C.UTF-8
# An ahead-of-time cache (JEP 514) of what a start without an API server loads. A cache is made for one runtime, one set of options and
# one class path: so the arguments are one file, and the class path has no wildcard, whose order is the file system's. The last command,
# a start that ends for want of NODE_NAME, fails where classes do not come from the cache; at run time the agent would start without it.
RUN printf '%s\n' --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+UseCompactObjectHeaders -Xmx128m -Xmn8m \
      -XX:+ExitOnOutOfMemoryError -cp "$(ls /opt/heapwarden/*.jar /opt/heapwarden/lib/*.jar | paste -sd :)" >/opt/heapwarden/java.args; \
    NODE_NAME=none KUBERNETES_MASTER=https://127.0.0.1:1 SNAPSHOT_DIR=/tmp/snapshots \
      /opt/java/bin/java @/opt/heapwarden/java.args -XX:AOTCacheOutput=/opt/heapwarden/agent.aot dev.heapwarden.probes.AgentMain >/tmp/training 2>&1 & \
    timeout 120 sh -c 'until grep -q "agent started" /tmp/training; do sleep 1; done' || cat /tmp/training; \
    sleep 5; kill $!; wait $!; rm -rf /tmp/*; \
    /opt/java/bin/java @/opt/heapwarden/java.args -XX:AOTCache=/opt/heapwarden/agent.aot -Xlog:class+load dev.heapwarden.probes.AgentMain 2>&1 \
      | grep 'probes.AgentSettings source: shared objects file'
EXPOSE 9462 9463
ENTRYPOINT ["/opt/java/bin/java", "@/opt/heapwarden/java.args", "-XX:AOTCache=/opt/heapwarden/agent.aot", "dev.heapwarden.probes.AgentMain"]

FROM debian:trixie-slim AS operator
COPY --from=jdk /opt/java /opt/java
COPY operator/target/lib /opt/heapwarden/lib
COPY operator/target/heapwarden-operator.jar /opt/heapwarden/
USER 65532:65532
ENTRYPOINT ["/opt/java/bin/java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+UseCompactObjectHeaders", "-Xmx192m", "--sun-misc-unsafe-memory-access=allow", "-XX:+ExitOnOutOfMemoryError", "-cp", "/opt/heapwarden/heapwarden-operator.jar:/opt/heapwarden/lib/*", "dev.heapwarden.operator.OperatorMain"]
