namespace CdcLab.Verifier.Cdc;

/// <summary>The newest values by key; the oldest key is forgotten when there are too many.</summary>
internal sealed class Remembered<TKey, TValue>(int most)
    where TKey : notnull
{
    private readonly Dictionary<TKey, TValue> _values = [];
    private readonly Queue<TKey> _keys = new();

    public TValue this[TKey key]
    {
        set
        {
            if (!_values.ContainsKey(key))
            {
                _keys.Enqueue(key);
                if (_keys.Count > most)
                    _values.Remove(_keys.Dequeue());
            }

            _values[key] = value;
        }
    }

    public bool TryGetValue(TKey key, out TValue value) => _values.TryGetValue(key, out value!);

    public void Forget(Func<TKey, TValue, bool> which)
    {
        (TKey Key, TValue Value)[] left = [.. _keys.Select(k => (k, _values[k])).Where(k => !which(k.k, k.Item2))];
        _keys.Clear();
        _values.Clear();
        foreach ((TKey key, TValue value) in left)
            this[key] = value;
    }

    /// <summary>Some of them, chosen at random.</summary>
    public IReadOnlyList<KeyValuePair<TKey, TValue>> Some(int count)
    {
        TKey[] keys = [.. _keys];
        return keys.Length == 0 ? [] : [.. Enumerable.Range(0, count).Select(_ => keys[Random.Shared.Next(keys.Length)]).Distinct().Select(k => KeyValuePair.Create(k, _values[k]))];
    }
}
