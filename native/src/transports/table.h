#pragma once
#include "fifo.h"
#include "inherited.h"
#include "tcp.h"
#include "unix_socket.h"

namespace ipcbench {

template <class... Each>
struct OpenerList {};

/**
 * Every way to open an endpoint. A new one: the include of its header, and its name here; nothing else lists them.
 *
 *   prefix, form         how its specs begin; what all of a spec looks like, for the sentence that refuses others
 *   parse(rest)          reads what follows the prefix; false refuses the spec, before anything is opened
 *   End, open(progress)  what is opened: a DescriptorEnd, or a channel of its own (channel.h)
 */
using Openers = OpenerList<InheritedDuplex, InheritedPair, AcceptUnix, AcceptTcp, ConnectUnix, ConnectTcp, Fifos>;

}  // namespace ipcbench
