#include "../src/endpoint.h"

#include "check.h"

using namespace ipcbench;

TEST("endpoint specs of the README are known") {
  for (const char* spec :
       {"fd:5", "fds:5,6", "accept:5", "accept-tcp:5", "connect-unix:stream:/tmp/a:b", "connect-unix:seqpacket:/x",
        "connect-tcp:65535", "fifo:/a:/b:read-first", "fifo:/a:/b:write-first"}) {
    CHECK(static_cast<bool>(checkEndpointSpec(spec)));
  }
}

TEST("anything else is refused, with the ways there are") {
  for (const char* spec :
       {"", "fd:", "fd:x", "fd:5x", "fd:-1", "fd:5,6", "fds:5", "fds:5,", "accept:", "connect-unix:dgram:/x",
        "connect-unix:stream:", "connect-tcp:0", "connect-tcp:65536", "connect-tcp:99999999999", "fifo:/a:/b",
        "fifo:/a:/b:first", "fifo:/a:/b:c:read-first", "fifo::/b:read-first", "tcp:5"}) {
    auto known = checkEndpointSpec(spec);
    CHECK(!known);
    if (!known)
      CHECK(std::string(known.failure().message).find("is not an endpoint spec: expected fd:N") != std::string::npos);
  }
}
