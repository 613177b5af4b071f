#pragma once
#include <cstdint>

#include "histogram.h"
#include "options.h"
#include "os/costs.h"
#include "phase.h"
#include "result.h"

namespace ipcbench {

/** What one peer reports of its window: PeerResult of harness/model/sample.ts, but for the role. */
struct Measured {
  uint64_t messages = 0;
  uint64_t bytes = 0;
  int64_t windowNs = 0;
  const Histogram* latency = nullptr;
  Expense before;
  Expense after;
  uint64_t syscalls = 0;
};

/** The stream socket to the harness: JSON lines out, words in. Never the measured channel. */
class ControlChannel {
 public:
  enum class Word { go, drain, unknown };

  explicit ControlChannel(int fd) : fd_(fd) {}
  ControlChannel(const ControlChannel&) = delete;
  ~ControlChannel() { stopEndingWithHarness(); }

  /**
   * From here on the end of the control channel ends this process with status 3, at any moment, also inside a blocked
   * read or open: the kernel sends SIGIO for each change of the socket, and the handler looks whether it was the end.
   */
  Status endWithHarness();
  void stopEndingWithHarness();

  void ready();
  void sent(uint64_t messages);
  void drained();
  /** The last line of a peer, with the next one: both return when the harness has read it. */
  void result(const Measured& measured, Verify verified);
  void error(const Failure& failure, Phase phase);

  /**
   * Sleeps until a whole word has come. Fails when the channel ends: the reader is woken before the signal of the same
   * event is sent, and may be the first to know.
   */
  Result<Word> next();
  /** As next, and any word but 'go' fails too; `when` continues a sentence. */
  Status waitForGo(const char* when);
  int fd() const { return fd_; }

 private:
  void lingerUntilRead();

  int fd_;
  bool isArmed_ = false;
};

}  // namespace ipcbench
