namespace MailMesh.Mailstore;

/// <summary>Part of an ordered list.</summary>
internal readonly struct Slice<T>(IReadOnlyList<T> list, int start, int end)
    where T : notnull
{
    public int Count => end - start;

    public T this[int index] => list[start + index];

    public bool Contains(T value)
    {
        for (var i = start; i < end; i++)
        {
            if (list[i].Equals(value))
                return true;
        }
        return false;
    }
}
