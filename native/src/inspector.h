#pragma once
#include "history_log.h"
#include "options.h"
#include "payload.h"

namespace ipcbench {

/** Looks at what arrived in a checked exchange, message by message, and writes down what it finds. */
class Inspector {
 public:
  Inspector(const Options& options, const PayloadTemplate& payload, HistoryLog& log)
      : options_(options), payload_(payload), log_(log) {}

  /** One whole message, as the transport delimited it. */
  void packet(const unsigned char* bytes, size_t size);
  /** A message that is whole and whose length is that of its header. True when nothing is wrong with it. */
  bool whole(const Header& header, const unsigned char* message);

  uint32_t planned(uint64_t seq) const { return plannedBytes(options_, seq); }
  /** The first payload byte of a message that is not as planned, or -1. */
  int64_t damageOf(const Header& header, const unsigned char* message) const {
    return payload_.firstDamage(message + fullHeaderBytes, header.length - fullHeaderBytes, header.sender, header.seq);
  }

  /** What comes after the last header seen, if nothing went wrong. */
  uint64_t nextSeq() const { return nextSeq_; }
  uint64_t messages() const { return messages_; }
  uint64_t bytes() const { return bytes_; }
  HistoryLog& log() const { return log_; }
  uint32_t maxBytes() const { return largestBytes(options_); }
  uint16_t sender() const { return static_cast<uint16_t>(options_.sender); }
  void sawHeaderOf(uint64_t seq) { nextSeq_ = seq + 1; }

 private:
  void compact(const unsigned char* bytes, uint32_t size);
  void intact(uint16_t sender, uint64_t seq, uint64_t bytes);

  const Options& options_;
  const PayloadTemplate& payload_;
  HistoryLog& log_;
  uint64_t nextSeq_ = 0;
  uint64_t messages_ = 0;
  uint64_t bytes_ = 0;
};

}  // namespace ipcbench
