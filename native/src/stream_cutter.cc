#include "stream_cutter.h"

#include <cstring>

namespace ipcbench {

Result<StreamCutter> StreamCutter::create(Inspector& inspector) {
  // Room for a whole message and what a good read brings beyond it.
  auto memory = MappedBuffer::ofBytes(2 * size_t{inspector.maxBytes()} + 65536);
  if (!memory) return memory.failure();
  return StreamCutter(inspector, std::move(*memory));
}

void StreamCutter::took(size_t bytes) {
  filled_ += bytes;
  while (step(false)) {
  }
  // Of a large message that comes in pieces nothing is done yet, and nothing moves.
  if (start_ != 0) std::memmove(memory_.bytes(), front(), waiting());
  filled_ = waiting();
  start_ = 0;
}

void StreamCutter::end() {
  while (step(true)) {
  }
  // Too little for a header. Behind damage it belongs to that; else it is the beginning of the next message.
  if (skipped_ != 0) {
    skip(waiting());
  } else if (waiting() != 0) {
    const uint64_t seq = inspector_.nextSeq();
    inspector_.log().cutShort(inspector_.sender(), seq, inspector_.planned(seq), waiting());
    start_ = filled_;
  }
  noteSkipped();
}

bool StreamCutter::step(bool isAtEnd) {
  if (waiting() < fullHeaderBytes) return false;
  Header header;
  if (!readHeader(front(), header)) {
    skip(1);
    return true;
  }
  noteSkipped();
  if (header.length < fullHeaderBytes || header.length > inspector_.maxBytes()) {
    // A length that cannot be does not say where the next message begins.
    inspector_.sawHeaderOf(header.seq);
    inspector_.log().unplannedLength(header.sender, header.seq, inspector_.planned(header.seq), header.length);
    start_ += fullHeaderBytes;
    return true;
  }
  if (waiting() < header.length) {
    if (!isAtEnd) return false;
    inspector_.sawHeaderOf(header.seq);
    inspector_.log().cutShort(header.sender, header.seq, header.length, waiting());
    start_ = filled_;
    return true;
  }
  if (inspector_.damageOf(header, front()) >= 0) return damaged(header, isAtEnd);
  inspector_.whole(header, front());
  start_ += header.length;
  return true;
}

/**
 * A message that lost bytes on its way has the next one's header where its own payload should be. Taking its whole
 * length would swallow that message too, so the next header is looked for inside it.
 */
bool StreamCutter::damaged(const Header& header, bool isAtEnd) {
  if (!isAtEnd && waiting() < header.length + fullHeaderBytes) return false;
  size_t length = header.length;
  Header next;
  for (size_t at = fullHeaderBytes; at < header.length && at + fullHeaderBytes <= waiting(); ++at) {
    if (!readHeader(front() + at, next)) continue;
    length = at;
    break;
  }
  inspector_.sawHeaderOf(header.seq);
  inspector_.log().damagedPayload(header.sender, header.seq, length,
                                  static_cast<uint64_t>(inspector_.damageOf(header, front())));
  start_ += length;
  return true;
}

void StreamCutter::skip(size_t bytes) {
  skipped_ += bytes;
  start_ += bytes;
}

void StreamCutter::noteSkipped() {
  if (skipped_ != 0) inspector_.log().damagedHeader(skipped_);
  skipped_ = 0;
}

}  // namespace ipcbench
