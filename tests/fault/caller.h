/*
 * Which library called: libuv's calls are told apart from qmvc's own, for it aborts over some of them.
 * When libuv is linked into the program there is no library to tell it by, so the program's own symbols
 * are asked: all that libuv defines begins with uv_.
 *
 * Both are read before main(): libuv reads and writes in its signal handler too, where dladdr(3), which
 * takes the dynamic linker's lock, would wait for itself.
 */
#pragma once

#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct {
	uintptr_t base; /* where the program is, minus where it says that it is */
	const ElfW(Sym) * symbols;
	size_t count;
	const char *names;
} program;

static struct {
	uintptr_t begin, end; /* where libuv is, as a library */
} library;

static void find_symbols(const unsigned char *file)
{
	const ElfW(Ehdr) *header = (const void *)file;
	const ElfW(Shdr) *sections = (const void *)(file + header->e_shoff);

	program.base = getauxval(AT_PHDR) - header->e_phoff;
	if (header->e_type != ET_DYN)
		program.base = 0;
	for (unsigned i = 0; i < header->e_shnum; i++) {
		if (sections[i].sh_type != SHT_SYMTAB)
			continue;
		program.symbols = (const void *)(file + sections[i].sh_offset);
		program.count = sections[i].sh_size / sizeof(*program.symbols);
		program.names = (const char *)file + sections[sections[i].sh_link].sh_offset;
	}
}

/* By bare system calls: what is counted must not be called; and before a sandbox closes. */
__attribute__((constructor)) static void map_program(void)
{
	int fd = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/exe", O_RDONLY | O_CLOEXEC);
	long size = syscall(SYS_lseek, fd, 0, SEEK_END);
	long mapped = syscall(SYS_mmap, NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

	syscall(SYS_close, fd);
	if (mapped != -1)
		find_symbols((const unsigned char *)(uintptr_t)mapped);
}

static int find_library(struct dl_phdr_info *info, size_t size, void *unused)
{
	(void)size;
	(void)unused;
	if (!info->dlpi_name || !strstr(info->dlpi_name, "libuv"))
		return 0;
	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
		const uintptr_t begin = info->dlpi_addr + segment->p_vaddr;

		if (segment->p_type != PT_LOAD)
			continue;
		if (library.end == 0 || begin < library.begin)
			library.begin = begin;
		if (begin + segment->p_memsz > library.end)
			library.end = begin + segment->p_memsz;
	}
	return 1;
}

__attribute__((constructor)) static void map_library(void)
{
	dl_iterate_phdr(find_library, NULL);
}

/* Was a function of libuv's the caller? */
static bool of_libuv(const void *caller)
{
	uintptr_t at = (uintptr_t)caller - program.base;

	if ((uintptr_t)caller >= library.begin && (uintptr_t)caller < library.end)
		return true;
	for (size_t i = 0; i < program.count; i++) {
		const ElfW(Sym) *symbol = &program.symbols[i];

		if ((symbol->st_info & 15) == STT_FUNC && at >= symbol->st_value &&
			at - symbol->st_value < symbol->st_size)
			return strncmp(program.names + symbol->st_name, "uv_", 3) == 0;
	}
	return false;
}
