/* Threads of a test: started, waited for, counted. */

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>

enum { MOST_THREADS = 16 };

/* Runs a function in that many threads at once, each with a name of its own; how many returned something. */
static int run_threads(int count, void *(*thread)(void *))
{
    static char names[MOST_THREADS][24];
    pthread_t started[MOST_THREADS];
    void *result;
    int wrong = 0;
    for (int i = 0; i < count; i++) {
        snprintf(names[i], sizeof names[i], "thread%d", i);
        pthread_create(&started[i], NULL, thread, names[i]);
    }
    for (int i = 0; i < count; i++) {
        pthread_join(started[i], &result);
        wrong += result != NULL;
    }
    return wrong;
}

/* How many threads the process has. */
static int own_threads(void)
{
    DIR *tasks = opendir("/proc/self/task");
    int found = 0;
    for (struct dirent *entry; (entry = readdir(tasks)) != NULL;) {
        found += entry->d_name[0] != '.';
    }
    closedir(tasks);
    return found;
}
